-- What of a study gives reasons to see it.
SELECT study.department, study.physician_ids, study.confidentiality, study.is_teaching
  FROM study
 WHERE study.study_instance_uid = %(study)s;
