-- Let go of what was discarded long ago: its blobs are doomed in the same transaction.
WITH gone AS (
DELETE FROM quarantine
 WHERE discarded_at < %(before)s
RETURNING blob_key
)
INSERT INTO doomed_blob (blob_key)
SELECT blob_key FROM gone
    ON CONFLICT (blob_key) DO NOTHING;
