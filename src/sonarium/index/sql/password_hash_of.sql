-- What a password is compared with; nothing for somebody who may not come in.
SELECT password_hash FROM person WHERE user_name = %(user_name)s AND is_active;
