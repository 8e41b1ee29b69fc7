-- Administrators who can sign in by what is kept here, locked until the end of the transaction
-- so that two changes at once cannot take away the last one.
SELECT person_ref
  FROM person
 WHERE is_active AND 'administrator' = ANY (roles)
   AND (password_hash IS NOT NULL
        OR EXISTS (SELECT FROM passkey WHERE passkey.person_ref = person.person_ref))
   FOR UPDATE;
