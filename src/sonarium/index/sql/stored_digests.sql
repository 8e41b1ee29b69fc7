-- The digests under which some instances are kept and sound; by instance's unique key.
SELECT sop_instance_uid, sha256
  FROM instance
 WHERE sop_instance_uid = ANY(%(uids)s::text[]) AND damaged_at IS NULL;
