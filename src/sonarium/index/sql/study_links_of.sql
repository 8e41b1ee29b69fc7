-- The links to one study, or all that somebody made, newest first.
SELECT link_ref, study_instance_uid, user_name, recipient, made_at, expires_at, revoked_at, opened,
       opened_at, code_hash IS NOT NULL AS waits_for_code
  FROM study_link JOIN person USING (person_ref) JOIN study USING (study_ref)
 WHERE (%(study)s::text IS NULL OR study_instance_uid = %(study)s)
   AND (%(user_name)s::text IS NULL OR user_name = %(user_name)s)
 ORDER BY link_ref DESC
 LIMIT %(limit)s;
