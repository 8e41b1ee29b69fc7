-- Those of the newest studies that hold every word; served by study_recent_idx.
SELECT study.study_instance_uid, study.patient_id, study.study_date, study.study_time,
       study.birth_date, study.sex, study.description, study.accession_number,
       study.modalities, study.number_of_series, study.number_of_instances,
       study.received_at, study.version,
       study.attributes->'00100010'->'Value'->0 AS patient_name
  FROM (
       SELECT * FROM study
        WHERE study_date >= %(from_date)s AND study_date < %(to_date)s
        ORDER BY study_date DESC, study_time DESC, study_ref DESC
        LIMIT %(most)s
       ) AS study
 WHERE words LIKE ALL (%(patterns)s::text[])
 ORDER BY study.study_date DESC, study.study_time DESC, study.study_ref DESC
OFFSET %(offset)s
 LIMIT %(limit)s;
