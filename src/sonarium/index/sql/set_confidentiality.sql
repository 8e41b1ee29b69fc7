-- Say how confidential a patient is, and what lists call them. Their studies follow by the
-- foreign key. Needs the lock of lock_for_deletion.sql: a study that is being placed took the
-- word that was there before.
UPDATE patient SET confidentiality = %(confidentiality)s, alias = %(alias)s
 WHERE patient_id = %(patient)s AND patient_id <> '';
