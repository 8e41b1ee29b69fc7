-- How many keys each root key wraps.
SELECT root_key_id, count(*)::int AS keys
  FROM study_key
 WHERE root_key_id IS NOT NULL
 GROUP BY root_key_id
 ORDER BY root_key_id;
