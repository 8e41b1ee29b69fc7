-- Replace the recovery codes of a person.
WITH gone AS (DELETE FROM recovery_code WHERE person_ref = %(person)s)
INSERT INTO recovery_code (person_ref, code_hash)
SELECT %(person)s, code_hash FROM unnest(%(codes)s::bytea[]) AS new (code_hash);
