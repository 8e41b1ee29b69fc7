-- Changes after a place in the feed, oldest first; served by change_order_idx.
-- A transaction that is still open may yet commit a change with a lower number.
SELECT transaction::text::bigint AS transaction, change_ref, kind, study_instance_uid,
       instances, changed_at
  FROM change
 WHERE (transaction, change_ref) > (%(transaction)s::text::xid8, %(change_ref)s)
   AND transaction < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY transaction, change_ref
 LIMIT %(limit)s;
