-- One person by user name.
SELECT person_ref, user_name, display_name, roles, is_active,
       password_hash IS NOT NULL AS is_enrolled, created_at,
       departments, physician_ids
  FROM person
 WHERE user_name = %(user_name)s;
