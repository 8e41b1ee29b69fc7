-- Note that blobs are no longer what was stored.
UPDATE instance SET damaged_at = now()
 WHERE blob_key = ANY(%(keys)s::text[]) AND damaged_at IS NULL;
