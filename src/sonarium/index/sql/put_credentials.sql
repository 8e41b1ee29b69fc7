-- Set a way to sign in, the old one ceases.
UPDATE person
   SET password_hash = %(password_hash)s, totp_secret = %(totp_secret)s, totp_step = %(totp_step)s
 WHERE person_ref = %(person)s;
