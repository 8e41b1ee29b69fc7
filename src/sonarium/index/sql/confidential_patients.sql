-- Patients who are VIP or confidential; where there is no Patient ID, the study that is theirs.
SELECT patient.patient_id, patient.lone_study_uid, patient.confidentiality, patient.alias,
       (SELECT count(*) FROM study WHERE study.patient_ref = patient.patient_ref) AS studies
  FROM patient
 WHERE patient.confidentiality <> 'normal'
 ORDER BY patient.confidentiality, patient.patient_id, patient.lone_study_uid
 LIMIT %(limit)s;
