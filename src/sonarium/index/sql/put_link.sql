-- Keep a link of one use; what has expired goes.
WITH gone AS (DELETE FROM sign_in_link WHERE expires_at <= now())
INSERT INTO sign_in_link (secret_hash, person_ref, purpose, expires_at)
VALUES (%(secret)s, %(person)s, %(purpose)s, now() + %(lifetime)s);
