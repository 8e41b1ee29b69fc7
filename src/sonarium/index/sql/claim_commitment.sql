-- Take an unreported request in hand, unless somebody has it; served by the primary key.
UPDATE commitment
   SET claimed_until = %(until)s,
       attempts = attempts + 1
 WHERE commitment_ref = %(commitment_ref)s
   AND reported_at IS NULL
   AND (claimed_until IS NULL OR claimed_until <= %(now)s)
RETURNING commitment_ref, transaction_uid, requesting_ae_title, called_ae_title,
          sop_class_uids, sop_instance_uids, requested_at, attempts, last_error;
