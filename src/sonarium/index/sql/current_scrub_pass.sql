-- The pass that is under way.
SELECT scrub_pass_ref, started_at, finished_at, after_instance_ref, instances, bytes, damaged
  FROM scrub_pass
 WHERE finished_at IS NULL;
