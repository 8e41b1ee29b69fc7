-- Spend a recovery code.
DELETE FROM recovery_code WHERE person_ref = %(person)s AND code_hash = %(code)s;
