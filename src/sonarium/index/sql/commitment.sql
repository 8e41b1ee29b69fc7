-- One request for storage commitment; served by the primary key.
SELECT commitment_ref, transaction_uid, requesting_ae_title, called_ae_title,
       sop_class_uids, sop_instance_uids, requested_at, attempts, last_error
  FROM commitment
 WHERE commitment_ref = %(commitment_ref)s;
