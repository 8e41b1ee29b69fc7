-- Keep a challenge; what has expired goes. One address cannot fill the table.
WITH gone AS (DELETE FROM passkey_ceremony WHERE expires_at <= now())
INSERT INTO passkey_ceremony (challenge_hash, purpose, user_handle, address, expires_at)
SELECT %(challenge)s, %(purpose)s, %(user_handle)s, %(address)s, now() + %(lifetime)s
 WHERE (SELECT count(*) FROM passkey_ceremony
         WHERE address = %(address)s AND expires_at > now()) < %(most)s;
