-- Administrators who can sign in, locked until the end of the transaction so that two changes
-- at once cannot take away the last one.
SELECT person_ref
  FROM person
 WHERE is_active AND 'administrator' = ANY (roles) AND password_hash IS NOT NULL
   FOR UPDATE;
