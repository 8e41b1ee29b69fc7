-- Let every listener read the devices again, once this commits.
SELECT pg_notify(%(channel)s, '');
