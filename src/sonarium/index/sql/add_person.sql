-- Add somebody who cannot sign in yet; nothing where the user name is taken.
INSERT INTO person (user_name, display_name, roles, user_handle)
VALUES (%(user_name)s, %(display_name)s, %(roles)s, %(user_handle)s)
ON CONFLICT (user_name) DO NOTHING
RETURNING person_ref;
