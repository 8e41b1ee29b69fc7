-- Forget blobs that are deleted.
DELETE FROM doomed_blob WHERE blob_key = ANY(%(keys)s::text[]);
