-- What was granted to somebody or to everybody, newest first.
SELECT access_grant.grant_ref, person.user_name, study.study_instance_uid, patient.patient_id,
       access_grant.reason, access_grant.why, access_grant.granted_by, access_grant.granted_at,
       access_grant.expires_at, access_grant.revoked_at, access_grant.reviewed_at,
       access_grant.reviewed_by, access_grant.verdict, access_grant.remark
  FROM access_grant
  JOIN person USING (person_ref)
  LEFT JOIN study ON study.study_ref = access_grant.study_ref
  LEFT JOIN patient ON patient.patient_ref = access_grant.patient_ref
 WHERE (%(user_name)s::text IS NULL OR person.user_name = %(user_name)s)
   AND (%(reason)s::text IS NULL OR access_grant.reason = %(reason)s)
   AND (NOT %(only_valid)s::boolean
        OR (access_grant.revoked_at IS NULL AND access_grant.expires_at > now()))
 ORDER BY access_grant.grant_ref DESC
 LIMIT %(limit)s;
