-- Everybody by name.
SELECT person_ref, user_name, display_name, roles, is_active,
       password_hash IS NOT NULL AS is_enrolled, created_at,
       departments, physician_ids
  FROM person
 ORDER BY user_name;
