-- Take back one token.
DELETE FROM access_token WHERE token_ref = %(token)s;
