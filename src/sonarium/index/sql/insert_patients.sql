-- Make sure that these patients have rows.
INSERT INTO patient (patient_id, issuer, lone_study_uid)
SELECT DISTINCT patient_id, issuer, lone_study_uid
  FROM unnest(%(patient_ids)b::text[], %(issuers)b::text[], %(lone_study_uids)b::text[])
       AS new (patient_id, issuer, lone_study_uid)
 ORDER BY patient_id, issuer, lone_study_uid
    ON CONFLICT (patient_id, issuer, lone_study_uid) DO NOTHING;
