-- How much the archive holds.
SELECT (SELECT count(*) FROM study) AS studies,
       (SELECT coalesce(sum(number_of_instances), 0) FROM study) AS instances,
       (SELECT count(*) FROM quarantine) AS quarantined,
       (SELECT count(*) FROM instance WHERE damaged_at IS NOT NULL) AS damaged;
