-- What the audit trail calls somebody.
SELECT user_name, display_name FROM person WHERE person_ref = %(person)s;
