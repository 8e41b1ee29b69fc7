-- Blobs that wait to be deleted, oldest first.
SELECT blob_key FROM doomed_blob ORDER BY doomed_at, blob_key LIMIT %(limit)s;
