-- Note that somebody failed to sign in.
INSERT INTO sign_in_failure (user_name, address) VALUES (%(user_name)s, %(address)s);
