-- What a program may do, if it knows its secret or none is asked for.
SELECT scopes FROM api_client
 WHERE client_id = %(client_id)s
   AND (%(secret)s::bytea IS NULL OR secret_hash = %(secret)s);
