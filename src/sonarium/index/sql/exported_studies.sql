-- Studies by key, for walking over some or all of them.
SELECT study_ref, study_instance_uid, attributes
  FROM study
 WHERE study_ref > %(after)s
   AND (%(uids)s::text[] IS NULL OR study_instance_uid = ANY(%(uids)s::text[]))
 ORDER BY study_ref
 LIMIT %(limit)s;
