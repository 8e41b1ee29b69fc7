-- Forget a passkey of a person.
DELETE FROM passkey USING person
 WHERE person.person_ref = passkey.person_ref
   AND user_name = %(user_name)s AND passkey_ref = %(passkey)s;
