-- Begin a pass over all blobs, unless one is under way.
INSERT INTO scrub_pass DEFAULT VALUES
    ON CONFLICT ((true)) WHERE finished_at IS NULL DO NOTHING;
