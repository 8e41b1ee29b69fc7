-- Take back the links of a person.
DELETE FROM sign_in_link WHERE person_ref = %(person)s;
