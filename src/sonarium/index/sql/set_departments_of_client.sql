-- Set whose studies a program sees.
UPDATE api_client SET departments = %(departments)s WHERE client_id = %(client_id)s;
