-- Keep the same password under today's cost.
UPDATE person SET password_hash = %(password_hash)s WHERE person_ref = %(person)s;
