-- Grants as the audit trail names them: who may see which study or patient, and why.
SELECT person.user_name, person.display_name, mine.reason, mine.why,
       coalesce(study.study_instance_uid, '') AS study_instance_uid,
       coalesce(study.patient_id, patient.patient_id, '') AS patient_id,
       coalesce(study.attributes->'00100010'->'Value'->0->>'Alphabetic', '') AS patient_name
  FROM access_grant AS mine
  JOIN person ON person.person_ref = mine.person_ref
  LEFT JOIN study ON study.study_ref = mine.study_ref
  LEFT JOIN patient ON patient.patient_ref = mine.patient_ref
 WHERE mine.grant_ref = ANY (%(grants)s::bigint[])
 ORDER BY mine.grant_ref;
