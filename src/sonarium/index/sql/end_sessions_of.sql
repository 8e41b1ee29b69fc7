-- End every session of a person.
DELETE FROM session WHERE person_ref = %(person)s;
