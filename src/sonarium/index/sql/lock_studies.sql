-- Lock studies in one order for all writers, so that none waits for another in a circle.
SELECT study_ref, study_instance_uid, patient_id, issuer
  FROM study
 WHERE study_instance_uid = ANY(%(uids)s::text[])
 ORDER BY study_instance_uid
   FOR UPDATE;
