-- Which program comes with this token.
SELECT client_id, description, access_token.scopes, departments, department, audience
  FROM access_token JOIN api_client USING (client_id)
 WHERE access_token.secret_hash = %(secret)s AND expires_at > now();
