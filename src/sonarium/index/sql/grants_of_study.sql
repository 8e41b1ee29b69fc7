-- What was granted of a study or of its patient and holds, newest first.
SELECT access_grant.grant_ref, person.user_name, of_study.study_instance_uid, patient.patient_id,
       access_grant.reason, access_grant.why, access_grant.granted_by, access_grant.granted_at,
       access_grant.expires_at, access_grant.revoked_at, access_grant.reviewed_at,
       access_grant.reviewed_by, access_grant.verdict, access_grant.remark
  FROM study
  JOIN access_grant ON access_grant.study_ref = study.study_ref
                    OR access_grant.patient_ref = study.patient_ref
  JOIN person USING (person_ref)
  LEFT JOIN study AS of_study ON of_study.study_ref = access_grant.study_ref
  LEFT JOIN patient ON patient.patient_ref = access_grant.patient_ref
 WHERE study.study_instance_uid = %(study)s
   AND access_grant.revoked_at IS NULL AND access_grant.expires_at > now()
 ORDER BY access_grant.grant_ref DESC
 LIMIT %(limit)s;
