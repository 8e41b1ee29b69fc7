-- Somebody succeeded: failures before that, from there, are forgiven.
DELETE FROM sign_in_failure WHERE user_name = %(user_name)s AND address = %(address)s;
