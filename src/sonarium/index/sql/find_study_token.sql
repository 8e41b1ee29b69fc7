-- Who opened which study with this token, unless it, the session or the person's leave is over.
SELECT user_name, display_name, roles, study_instance_uid, person_ref, departments, physician_ids
  FROM study_token JOIN session USING (session_ref) JOIN person USING (person_ref)
 WHERE study_token.secret_hash = %(secret)s
   AND study_token.expires_at > now() AND session.expires_at > now() AND is_active;
