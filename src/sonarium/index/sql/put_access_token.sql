-- Keep an access token; what has expired goes.
WITH gone AS (DELETE FROM access_token WHERE expires_at <= now())
INSERT INTO access_token (secret_hash, client_id, scopes, audience, expires_at)
VALUES (%(secret)s, %(client_id)s, %(scopes)s, %(audience)s, now() + %(lifetime)s);
