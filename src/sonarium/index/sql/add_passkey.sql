-- Keep a passkey, unless it is kept already.
INSERT INTO passkey (credential_id, person_ref, public_key, sign_count, rp_id, name)
VALUES (%(credential)s, %(person)s, %(public_key)s, %(sign_count)s, %(rp_id)s, %(name)s)
ON CONFLICT DO NOTHING;
