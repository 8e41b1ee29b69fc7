-- Say how confidential a patient is, and what lists call them. Their studies follow by the
-- foreign key. Of a study without a Patient ID nobody knows whose others are theirs: it is its own
-- patient, and named by itself. Needs the lock of lock_for_deletion.sql: a study that is being placed took the
-- word that was there before.
UPDATE patient SET confidentiality = %(confidentiality)s, alias = %(alias)s
 WHERE (patient_id = %(patient)s AND patient_id <> '')
    OR patient_ref = (SELECT patient_ref FROM study WHERE study_instance_uid = %(study)s);
