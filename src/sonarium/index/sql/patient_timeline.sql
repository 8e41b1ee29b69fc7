-- All studies of a study's patient, newest first; served by study_patient_idx.
SELECT study.study_instance_uid, study.patient_id, study.study_date, study.study_time,
       study.birth_date, study.sex, study.description, study.accession_number,
       study.modalities, study.number_of_series, study.number_of_instances,
       study.received_at, study.version, study.confidentiality, patient.alias,
       study.attributes->'00100010'->'Value'->0 AS patient_name,
       study.sop_classes, study.is_teaching,
       -- Reports, marks and traces are no pictures (PS3.3 C.7.3.1.1.1).
       (SELECT coalesce(sum(series.number_of_instances), 0)
          FROM series
         WHERE series.study_ref = study.study_ref
           AND series.modality NOT IN ('SR', 'KO', 'PR', 'DOC', 'ECG', 'HD', 'EPS', 'RESP', 'AU')
       ) AS number_of_images
  FROM study
  JOIN patient USING (patient_ref)
 WHERE study.patient_ref = (SELECT opened.patient_ref
                              FROM study opened
                             WHERE opened.study_instance_uid = %(study)s)
 ORDER BY study.study_date DESC, study.study_time DESC, study.study_ref DESC
 LIMIT %(limit)s;
