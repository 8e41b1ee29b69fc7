-- Take back every token of a program.
DELETE FROM access_token WHERE client_id = %(client_id)s;
