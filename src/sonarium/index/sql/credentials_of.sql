-- What proves that somebody is who they say, locked against the same code used twice at once.
SELECT person_ref, roles, is_active, password_hash, totp_secret, totp_step
  FROM person
 WHERE user_name = %(user_name)s
   FOR UPDATE;
