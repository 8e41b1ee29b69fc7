-- Forget a program and all its tokens.
DELETE FROM api_client WHERE client_id = %(client_id)s;
