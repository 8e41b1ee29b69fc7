-- Keep a link to a study.
INSERT INTO study_link (secret_hash, code_hash, study_ref, person_ref, recipient, expires_at)
SELECT %(secret)s, %(code)s, study_ref, %(person)s, %(recipient)s, now() + %(lifetime)s
  FROM study
 WHERE study_instance_uid = %(study)s
RETURNING link_ref;
