-- How many blobs lie open: of instances, and in quarantine.
SELECT (SELECT count(*) FROM instance WHERE NOT starts_with(blob_key, 'e')) AS instances,
       (SELECT count(*) FROM quarantine WHERE NOT starts_with(blob_key, 'e')) AS set_aside;
