-- What was set aside, newest first; whether another object is kept under its UID.
SELECT quarantine_ref, reason, sop_instance_uid, study_instance_uid, blob_key, sha256, source,
       received_at, discarded_at, discarded_by,
       EXISTS (SELECT FROM instance
                WHERE instance.sop_instance_uid = quarantine.sop_instance_uid) AS has_rival
  FROM quarantine
 WHERE %(before)s::bigint IS NULL OR quarantine_ref < %(before)s
 ORDER BY quarantine_ref DESC
 LIMIT %(limit)s;
