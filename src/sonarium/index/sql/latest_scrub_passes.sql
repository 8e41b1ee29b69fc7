-- The latest passes, newest first.
SELECT scrub_pass_ref, started_at, finished_at, after_instance_ref, instances, bytes, damaged
  FROM scrub_pass
 ORDER BY scrub_pass_ref DESC
 LIMIT %(limit)s;
