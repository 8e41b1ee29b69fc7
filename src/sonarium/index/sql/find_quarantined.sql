-- One object that was set aside, held against others who decide about it.
SELECT quarantine_ref, reason, sop_instance_uid, study_instance_uid, blob_key, sha256, source,
       received_at, discarded_at, discarded_by,
       EXISTS (SELECT FROM instance
                WHERE instance.sop_instance_uid = quarantine.sop_instance_uid) AS has_rival
  FROM quarantine
 WHERE quarantine_ref = %(quarantined)s
   FOR UPDATE;
