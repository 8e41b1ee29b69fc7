-- What proves that somebody is who they say, locked against the same code used twice at once.
SELECT person_ref, password_hash, totp_secret
  FROM person
 WHERE user_name = %(user_name)s AND is_active
   FOR UPDATE;
