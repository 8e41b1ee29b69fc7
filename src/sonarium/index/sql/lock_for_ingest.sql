-- Let writers of one study take turns, and keep deletions away. The keys come ascending: all
-- writers lock in one order, so none waits for another in a circle.
WITH gate AS MATERIALIZED (
SELECT pg_advisory_xact_lock_shared(%(gate)s)
)
SELECT count(pg_advisory_xact_lock(key))
  FROM gate, unnest(%(keys)s::bigint[]) AS key;
