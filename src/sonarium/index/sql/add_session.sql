-- Begin a session. A link of a demonstration is all by which its person can prove anything: it
-- stands for as long as the session.
INSERT INTO session (secret_hash, person_ref, method, address, browser, expires_at, proved_at)
VALUES (%(secret)s, %(person)s, %(method)s, %(address)s, %(browser)s, now() + %(lifetime)s,
        CASE WHEN %(method)s::text = 'link' THEN 'infinity' ELSE now() END)
RETURNING session_ref;
