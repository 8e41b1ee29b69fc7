-- Studies that hold every word, newest first; served by study_words_idx.
-- All are collected before they are ordered, so that the order tempts no walk over everything.
WITH hit AS MATERIALIZED (
SELECT study_ref, study_date, study_time
  FROM study
 WHERE study_date >= %(from_date)s AND study_date < %(to_date)s
   AND words LIKE %(first)s
   AND words LIKE %(second)s
   AND words LIKE %(third)s
   AND words LIKE ALL (%(others)s::text[])
), page AS MATERIALIZED (
SELECT study_ref
  FROM hit
 ORDER BY study_date DESC, study_time DESC, study_ref DESC
OFFSET %(offset)s
 LIMIT %(limit)s
)
SELECT study.study_instance_uid, study.patient_id, study.study_date, study.study_time,
       study.birth_date, study.sex, study.description, study.accession_number,
       study.modalities, study.number_of_series, study.number_of_instances,
       study.received_at, study.version,
       study.attributes->'00100010'->'Value'->0 AS patient_name
  FROM page
  JOIN study USING (study_ref)
 ORDER BY study.study_date DESC, study.study_time DESC, study.study_ref DESC;
