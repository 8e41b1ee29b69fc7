-- Use a link, which nobody can do twice.
DELETE FROM sign_in_link WHERE secret_hash = %(secret)s AND expires_at > now();
