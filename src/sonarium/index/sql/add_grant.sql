-- Let somebody see a study, or a patient's studies.
INSERT INTO access_grant (person_ref, study_ref, patient_ref, reason, why, granted_by, expires_at)
SELECT person_ref, %(study)s, %(patient)s, %(reason)s, %(why)s, %(by)s, now() + %(lifetime)s
  FROM person
 WHERE user_name = %(user_name)s
RETURNING grant_ref;
