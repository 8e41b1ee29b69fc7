-- Remove a patient of whom no study is left. Needs the lock of lock_for_deletion.sql.
DELETE FROM patient
 WHERE patient_ref = %(patient)s
   AND NOT EXISTS (SELECT FROM study WHERE study.patient_ref = patient.patient_ref);
