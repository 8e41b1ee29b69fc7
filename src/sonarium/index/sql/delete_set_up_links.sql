-- Take back earlier links for the first administrator.
DELETE FROM sign_in_link WHERE purpose = 'set_up';
