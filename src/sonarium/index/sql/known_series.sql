-- Which of these studies, and of these series in them, have rows.
SELECT study.study_ref, study.study_instance_uid, study.patient_id, study.issuer,
       series.series_ref, series.series_instance_uid
  FROM study
  LEFT JOIN series
    ON series.study_ref = study.study_ref
   AND series.series_instance_uid = ANY (%(series)b::text[])
 WHERE study.study_instance_uid = ANY (%(studies)b::text[]);
