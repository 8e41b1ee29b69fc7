-- Let go of what was set aside under a study, and return the blobs to be deleted.
WITH gone AS (
DELETE FROM quarantine WHERE study_instance_uid = %(study)s RETURNING blob_key
)
INSERT INTO doomed_blob (blob_key)
SELECT blob_key FROM gone
    ON CONFLICT (blob_key) DO UPDATE SET blob_key = EXCLUDED.blob_key
RETURNING blob_key;
