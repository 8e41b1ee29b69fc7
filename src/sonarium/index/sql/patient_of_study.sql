-- Whose study it is.
SELECT patient_ref FROM study WHERE study_instance_uid = %(study)s;
