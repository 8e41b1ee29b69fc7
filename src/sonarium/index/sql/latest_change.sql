-- The place after every change that can be read now.
SELECT transaction::text::bigint AS transaction, change_ref
  FROM change
 WHERE transaction < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY transaction DESC, change_ref DESC
 LIMIT 1;
