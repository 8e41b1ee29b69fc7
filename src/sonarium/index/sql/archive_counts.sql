-- How much the archive holds; from the differences that every transaction notes.
SELECT coalesce(sum(studies), 0)::bigint AS studies,
       coalesce(sum(series), 0)::bigint AS series,
       coalesce(sum(instances), 0)::bigint AS instances,
       coalesce(sum(stored_bytes), 0)::bigint AS stored_bytes,
       (SELECT count(*) FROM quarantine WHERE discarded_at IS NULL) AS quarantined,
       (SELECT count(*) FROM instance WHERE damaged_at IS NOT NULL) AS damaged
  FROM tally;
