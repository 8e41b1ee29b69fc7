-- Count synthetic studies, and go on numbering behind them.
WITH counted AS (
INSERT INTO tally (studies, series, instances, stored_bytes)
VALUES (%(studies)s, %(studies)s, 0, 0)
)
SELECT setval(pg_get_serial_sequence('study', 'study_ref'), %(studies)s),
       setval(pg_get_serial_sequence('series', 'series_ref'), %(studies)s),
       setval(pg_get_serial_sequence('patient', 'patient_ref'), %(studies)s);
