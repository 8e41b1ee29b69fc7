-- Who somebody is to a passkey; locked, so that what they sign in by does not change meanwhile.
SELECT person_ref, user_handle, display_name FROM person
 WHERE user_name = %(user_name)s AND is_active FOR UPDATE;
