-- Keep a token of one study; what has expired goes. Nothing is kept for a study that is not here.
WITH gone AS (DELETE FROM study_token WHERE expires_at <= now())
INSERT INTO study_token (secret_hash, session_ref, study_instance_uid, expires_at)
SELECT %(secret)s, %(session)s, study_instance_uid, now() + %(lifetime)s
  FROM study
 WHERE study_instance_uid = %(study)s;
