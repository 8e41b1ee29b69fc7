-- End one session of a person.
DELETE FROM session USING person
 WHERE person.person_ref = session.person_ref
   AND user_name = %(user_name)s AND session_ref = %(session)s;
