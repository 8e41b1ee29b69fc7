-- Make a study a teaching case, or none any more; only one that tells nobody whose it is.
UPDATE study SET is_teaching = %(is_teaching)s
 WHERE study_instance_uid = %(study)s AND (identity_removed OR NOT %(is_teaching)s);
