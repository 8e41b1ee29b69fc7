-- Studies and their patients, as the audit trail names them; those that the reader sees.
SELECT study_instance_uid, patient_id,
       coalesce(attributes->'00100010'->'Value'->0->>'Alphabetic', '') AS patient_name,
       confidentiality
  FROM study
 WHERE study_instance_uid = ANY (%(studies)s::text[])
 ORDER BY study_ref;
