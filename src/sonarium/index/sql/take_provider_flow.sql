-- Take a sign-in under way, in the browser that began it; nobody gets it twice.
DELETE FROM provider_flow
 WHERE state_hash = %(state)s AND browser_hash = %(browser)s AND expires_at > now()
RETURNING session_ref, begun_at;
