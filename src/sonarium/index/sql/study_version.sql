-- How often a study has changed.
SELECT version FROM study WHERE study_instance_uid = %(study)s;
