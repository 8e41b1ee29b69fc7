-- Replace the wrapping of keys.
UPDATE study_key
   SET root_key_id = %(root)s, wrapped = new.wrapped
  FROM unnest(%(key_ids)s::bytea[], %(wrapped)s::bytea[]) AS new (key_id, wrapped)
 WHERE study_key.key_id = new.key_id AND study_key.destroyed_at IS NULL;
