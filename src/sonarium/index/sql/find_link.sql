-- What a link is for, without using it.
SELECT purpose, person_ref, user_name, display_name
  FROM sign_in_link LEFT JOIN person USING (person_ref)
 WHERE secret_hash = %(secret)s AND expires_at > now() AND coalesce(is_active, true);
