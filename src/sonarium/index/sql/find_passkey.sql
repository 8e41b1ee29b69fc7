-- Whose passkey this is, unless they may no longer come.
SELECT passkey_ref, person_ref, user_name, user_handle, public_key, sign_count
  FROM passkey JOIN person USING (person_ref)
 WHERE credential_id = %(credential)s AND is_active;
