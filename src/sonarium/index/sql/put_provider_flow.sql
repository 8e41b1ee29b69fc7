-- Keep a sign-in under way at the provider; what has expired goes. One address cannot fill the
-- table.
WITH gone AS (DELETE FROM provider_flow WHERE expires_at <= now())
INSERT INTO provider_flow (state_hash, browser_hash, session_ref, address, expires_at)
SELECT %(state)s, %(browser)s, %(session)s, %(address)s, now() + %(lifetime)s
 WHERE (SELECT count(*) FROM provider_flow
         WHERE address = %(address)s AND expires_at > now()) < %(most)s;
