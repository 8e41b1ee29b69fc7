-- Emergencies that an auditor has judged, latest verdict first.
SELECT access_grant.grant_ref, person.user_name, study.study_instance_uid, patient.patient_id,
       access_grant.reason, access_grant.why, access_grant.granted_by, access_grant.granted_at,
       access_grant.expires_at, access_grant.revoked_at, access_grant.reviewed_at,
       access_grant.reviewed_by, access_grant.verdict, access_grant.remark
  FROM access_grant
  JOIN person USING (person_ref)
  LEFT JOIN study ON study.study_ref = access_grant.study_ref
  LEFT JOIN patient ON patient.patient_ref = access_grant.patient_ref
 WHERE access_grant.reason = 'break_glass' AND access_grant.reviewed_at IS NOT NULL
 ORDER BY access_grant.reviewed_at DESC
 LIMIT %(limit)s;
