-- Which of some SOP Instance UIDs have another object set aside; by quarantine_instance_idx.
SELECT DISTINCT sop_instance_uid
  FROM quarantine
 WHERE sop_instance_uid = ANY (%(instances)s);
