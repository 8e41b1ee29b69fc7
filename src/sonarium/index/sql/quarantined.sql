-- What was set aside, newest first.
SELECT quarantine_ref, reason, sop_instance_uid, study_instance_uid, blob_key, source, received_at
  FROM quarantine
 ORDER BY quarantine_ref DESC
 LIMIT %(limit)s;
