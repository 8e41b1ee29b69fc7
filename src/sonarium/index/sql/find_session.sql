-- Who comes with this secret, unless the session ended or the person may no longer come.
SELECT session_ref, user_name, display_name, roles,
       now() - seen_at > interval '1 minute' AS is_stale,
       proved_at > now() - %(proof)s::interval AS has_proved,
       person_ref, departments, physician_ids
  FROM session JOIN person USING (person_ref)
 WHERE secret_hash = %(secret)s
   AND expires_at > now() AND seen_at > now() - %(idle)s::interval AND is_active;
