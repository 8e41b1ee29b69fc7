-- What a study, a patient or an order is, of what the transaction shows; exact numbers alone.
SELECT study.study_ref, NULL::bigint AS patient_ref
  FROM study
 WHERE study.study_instance_uid = %(study)s::text
    OR (study.accession_number = %(accession)s::text AND %(accession)s::text <> '')
 UNION ALL
SELECT NULL, patient.patient_ref
  FROM patient
 WHERE patient.patient_id = %(patient)s::text AND %(patient)s::text <> '';
