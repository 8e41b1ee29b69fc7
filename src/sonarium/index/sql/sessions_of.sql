-- Sessions of a person that still hold, latest use first.
SELECT session_ref, method, address, browser, signed_in_at, seen_at, expires_at
  FROM session JOIN person USING (person_ref)
 WHERE user_name = %(user_name)s AND expires_at > now() AND seen_at > now() - %(idle)s::interval
 ORDER BY seen_at DESC;
