-- Note the newest code that was used: it and those before it are never taken again.
UPDATE person SET totp_step = %(step)s WHERE person_ref = %(person)s AND totp_step < %(step)s;
