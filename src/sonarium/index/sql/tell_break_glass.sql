-- Tell every listener, once this commits, that somebody broke the glass.
SELECT pg_notify(%(channel)s, %(grant_ref)s::text);
