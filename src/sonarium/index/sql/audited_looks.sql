-- Looks of people at studies within a period, with what may make one unusual, latest first.
SELECT record.record_ref, record.happened_at, record.actor, person.display_name,
       record.patient_id, record.study_instance_uid,
       coalesce(study.name_alphabetic, '') AS patient_name,
       coalesce(patient.confidentiality, 'normal') AS confidentiality,
       EXISTS (SELECT FROM access_grant AS mine
                WHERE mine.person_ref = person.person_ref AND mine.reason = 'own_record'
                  AND (mine.patient_ref = study.patient_ref OR mine.study_ref = study.study_ref)
              ) AS is_own,
       EXISTS (SELECT FROM access_grant AS mine
                WHERE mine.person_ref = person.person_ref AND mine.reason = 'break_glass'
                  AND (mine.patient_ref = study.patient_ref OR mine.study_ref = study.study_ref)
                  AND record.happened_at BETWEEN mine.granted_at AND mine.expires_at
              ) AS is_emergency
  FROM audit_record AS record
  JOIN person ON person.user_name = record.actor
  LEFT JOIN study ON study.study_instance_uid = record.study_instance_uid
  LEFT JOIN patient ON patient.patient_ref = study.patient_ref
 WHERE record.actor_kind = 'person' AND record.outcome = 0
   AND record.event IN ('110102', '110103', '110106')
   AND record.study_instance_uid <> ''
   AND record.happened_at >= %(since)s::timestamptz AND record.happened_at < %(until)s::timestamptz
 ORDER BY record.happened_at DESC, record.record_ref DESC;
