-- Requests that wait for their report, oldest first; served by commitment_unreported_idx.
SELECT commitment_ref, transaction_uid, requesting_ae_title, called_ae_title,
       sop_class_uids, sop_instance_uids, requested_at, attempts, last_error
  FROM commitment
 WHERE reported_at IS NULL
 ORDER BY commitment_ref;
