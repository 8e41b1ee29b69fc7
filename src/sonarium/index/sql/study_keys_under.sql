-- The next keys that a root key wraps; served by study_key_root_idx.
SELECT key_id, root_key_id, wrapped
  FROM study_key
 WHERE root_key_id = %(root)s
 ORDER BY key_id
 LIMIT %(limit)s
   FOR UPDATE SKIP LOCKED;
