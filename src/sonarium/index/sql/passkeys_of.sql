-- A person's passkeys, the first one first.
SELECT passkey_ref, credential_id, rp_id, name, passkey.created_at, used_at
  FROM passkey JOIN person USING (person_ref)
 WHERE user_name = %(user_name)s
 ORDER BY passkey_ref;
