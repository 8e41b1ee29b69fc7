-- Access tokens that hold, the latest first.
SELECT token_ref, client_id, scopes, audience, created_at, expires_at
  FROM access_token
 WHERE expires_at > now()
 ORDER BY token_ref DESC;
