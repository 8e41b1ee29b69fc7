-- Take back a token of a program, which shows it (RFC 7009).
DELETE FROM access_token WHERE secret_hash = %(secret)s AND client_id = %(client_id)s;
