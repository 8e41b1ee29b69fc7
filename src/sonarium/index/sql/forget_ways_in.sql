-- Forget by what somebody signed in so far.
WITH keys AS (DELETE FROM passkey WHERE person_ref = %(person)s),
     codes AS (DELETE FROM recovery_code WHERE person_ref = %(person)s)
UPDATE person SET password_hash = NULL, totp_secret = NULL WHERE person_ref = %(person)s;
