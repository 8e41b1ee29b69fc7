-- Note that a session's person proved again that it is them; the secret before ceases.
UPDATE session SET secret_hash = %(secret)s, proved_at = now(), seen_at = now()
 WHERE session_ref = %(session)s AND person_ref = %(person)s AND expires_at > now();
