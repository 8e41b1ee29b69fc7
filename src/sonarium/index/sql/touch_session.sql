-- Note that a session is in use.
UPDATE session SET seen_at = now() WHERE session_ref = %(session)s;
