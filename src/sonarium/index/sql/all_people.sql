-- Everybody by name, with the ways by which they can sign in.
SELECT person_ref, user_name, display_name, roles, is_active, created_at,
       departments, physician_ids,
       array_remove(ARRAY[
           CASE WHEN EXISTS (SELECT FROM passkey WHERE passkey.person_ref = person.person_ref)
                THEN 'passkey' END,
           CASE WHEN password_hash IS NOT NULL THEN 'password' END,
           CASE WHEN EXISTS (SELECT FROM provider_identity AS known
                              WHERE known.person_ref = person.person_ref)
                THEN 'provider' END], NULL) AS ways
  FROM person
 ORDER BY user_name;
