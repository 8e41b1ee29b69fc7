-- Every program by its id.
SELECT client_id, description, scopes, created_at, departments, department
  FROM api_client ORDER BY client_id;
