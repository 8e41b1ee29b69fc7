-- The version of a study.
SELECT version FROM study WHERE study_instance_uid = %(study)s;
