-- One study as a line of the list.
SELECT study.study_instance_uid, study.patient_id, study.study_date, study.study_time,
       study.birth_date, study.sex, study.description, study.accession_number,
       study.modalities, study.number_of_series, study.number_of_instances,
       study.received_at, study.version, study.confidentiality, patient.alias,
       study.attributes->'00100010'->'Value'->0 AS patient_name
  FROM study
  JOIN patient USING (patient_ref)
 WHERE study.study_instance_uid = %(study)s;
