-- What is already kept under these SOP Instance UIDs, quarantine included; what was discarded
-- from there is no longer kept.
SELECT sop_instance_uid, sha256, blob_key, false AS is_quarantined
  FROM instance
 WHERE sop_instance_uid = ANY(%(uids)b::text[])
 UNION ALL
SELECT sop_instance_uid, sha256, blob_key, true
  FROM quarantine
 WHERE sop_instance_uid = ANY(%(uids)b::text[])
   AND discarded_at IS NULL;
