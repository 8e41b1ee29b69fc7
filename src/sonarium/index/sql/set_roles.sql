-- Give somebody the roles that the provider's groups stand for.
UPDATE person SET roles = %(roles)s WHERE person_ref = %(person)s;
