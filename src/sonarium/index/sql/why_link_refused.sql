-- How a link stands whose secret somebody has.
SELECT revoked_at IS NOT NULL AS is_revoked, expires_at <= now() AS is_over,
       visit_hash IS NOT NULL AS is_used, greatest(0, %(most)s::integer - attempts) AS attempts_left
  FROM study_link
 WHERE secret_hash = %(secret)s;
