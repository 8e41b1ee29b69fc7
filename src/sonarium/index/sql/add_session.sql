-- Begin a session.
INSERT INTO session (secret_hash, person_ref, method, address, browser, expires_at)
VALUES (%(secret)s, %(person)s, %(method)s, %(address)s, %(browser)s, now() + %(lifetime)s)
RETURNING session_ref;
