-- Which of these blobs an instance or the quarantine refers to, or is to be deleted.
SELECT blob_key FROM instance WHERE blob_key = ANY(%(keys)s::text[])
 UNION ALL
SELECT blob_key FROM quarantine WHERE blob_key = ANY(%(keys)s::text[])
 UNION ALL
SELECT blob_key FROM doomed_blob WHERE blob_key = ANY(%(keys)s::text[]);
