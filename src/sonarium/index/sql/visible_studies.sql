-- Those of some studies that are here, and seen by whoever the transaction is for.
SELECT study_instance_uid FROM study WHERE study_instance_uid = ANY (%(studies)s::text[]);
