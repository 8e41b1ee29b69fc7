-- Take a challenge that waits for its answer; nobody gets it twice.
DELETE FROM passkey_ceremony
 WHERE challenge_hash = %(challenge)s AND purpose = %(purpose)s AND expires_at > now()
RETURNING user_handle;
