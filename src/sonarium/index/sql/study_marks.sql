-- Marks of some studies.
SELECT study.study_instance_uid, study_mark.urgent_at, study_mark.urgent_by, study_mark.read_at,
       study_mark.read_by, study.number_of_instances > study_mark.read_instances AS has_grown
  FROM study_mark
  JOIN study USING (study_ref)
 WHERE study.study_instance_uid = ANY (%(studies)s)
 ORDER BY study.study_instance_uid;
