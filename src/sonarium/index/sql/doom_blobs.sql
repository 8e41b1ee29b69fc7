-- Note blobs that are to be deleted, in the transaction that lets go of them.
INSERT INTO doomed_blob (blob_key)
SELECT unnest(%(keys)s::text[])
    ON CONFLICT (blob_key) DO NOTHING;
