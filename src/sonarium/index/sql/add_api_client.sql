-- Add a program; nothing where its id is taken.
INSERT INTO api_client (client_id, description, secret_hash, scopes)
VALUES (%(client_id)s, %(description)s, %(secret)s, %(scopes)s)
    ON CONFLICT (client_id) DO NOTHING;
