-- Whether this transaction alone may lengthen the chain; ends with it.
SELECT pg_try_advisory_xact_lock(%(key)s::bigint) AS is_ours;
