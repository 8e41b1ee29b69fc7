-- Set whose studies a program sees, and of which department it stores; null leaves it as it is.
UPDATE api_client
   SET departments = coalesce(%(departments)s::text[], departments),
       department = coalesce(%(department)s::text, department)
 WHERE client_id = %(client_id)s;
