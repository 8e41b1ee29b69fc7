-- Call a person's passkey something else.
UPDATE passkey SET name = %(name)s FROM person
 WHERE person.person_ref = passkey.person_ref
   AND user_name = %(user_name)s AND passkey_ref = %(passkey)s;
