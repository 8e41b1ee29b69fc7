-- Forget the keys of a study, and whose they were.
UPDATE study_key
   SET study_instance_uid = NULL, root_key_id = NULL, wrapped = NULL, destroyed_at = now()
 WHERE study_instance_uid = %(study)s
RETURNING key_id;
