-- Note that a passkey was used; nothing changes where its counter stands still or went back,
-- which a copy of it would do. Passkeys without a counter say 0 each time.
UPDATE passkey SET sign_count = %(sign_count)s, used_at = now()
 WHERE passkey_ref = %(passkey)s
   AND (sign_count < %(sign_count)s OR (sign_count = 0 AND %(sign_count)s = 0));
