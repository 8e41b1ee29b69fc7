-- Whether somebody can sign in who may let others in.
SELECT EXISTS (
    SELECT FROM person
     WHERE is_active AND 'administrator' = ANY (roles)
       AND (password_hash IS NOT NULL
        OR EXISTS (SELECT FROM passkey WHERE passkey.person_ref = person.person_ref))
);
