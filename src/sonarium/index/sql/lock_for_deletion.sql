-- Wait until no batch is being placed, and keep new ones waiting.
SELECT pg_advisory_xact_lock(%(gate)s);
