-- A key that is not destroyed.
SELECT key_id, root_key_id, wrapped
  FROM study_key
 WHERE key_id = %(key_id)s AND destroyed_at IS NULL;
