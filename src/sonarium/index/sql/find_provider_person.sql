-- Who somebody of a provider is here, whether they may come or not.
SELECT person_ref, user_name, roles, is_active
  FROM provider_identity JOIN person USING (person_ref)
 WHERE issuer = %(issuer)s AND subject = %(subject)s
   FOR UPDATE OF person;
