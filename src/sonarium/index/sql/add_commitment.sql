-- Keep a request for storage commitment.
INSERT INTO commitment (transaction_uid, requesting_ae_title, called_ae_title,
                        sop_class_uids, sop_instance_uids, claimed_until)
VALUES (%(transaction_uid)s, %(requesting_ae_title)s, %(called_ae_title)s,
        %(sop_class_uids)s, %(sop_instance_uids)s, %(claimed_until)s)
RETURNING commitment_ref;
