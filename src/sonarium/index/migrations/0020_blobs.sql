-- pre: what the index knows of the blob store as a whole.
CREATE TABLE settled_volume (
    volume     text COLLATE "C" PRIMARY KEY,
    settled_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE doomed_blob (
    blob_key  text COLLATE "C" PRIMARY KEY,
    doomed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE scrub_pass (
    scrub_pass_ref     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at         timestamptz NOT NULL DEFAULT now(),
    finished_at        timestamptz,
    after_instance_ref bigint NOT NULL DEFAULT 0,
    instances          bigint NOT NULL DEFAULT 0,
    bytes              bigint NOT NULL DEFAULT 0,
    damaged            bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX scrub_pass_open_idx ON scrub_pass ((true)) WHERE finished_at IS NULL;

CREATE INDEX instance_damaged_idx ON instance (damaged_at) WHERE damaged_at IS NOT NULL;
