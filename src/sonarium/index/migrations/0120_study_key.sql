-- pre: the keys of studies, each wrapped by a root key that is not in the database. Of a
-- destroyed one only the date is left.
CREATE TABLE study_key (
    key_id             bytea PRIMARY KEY,
    study_instance_uid text COLLATE "C",
    root_key_id        text COLLATE "C",
    wrapped            bytea,
    made_at            timestamptz NOT NULL DEFAULT now(),
    destroyed_at       timestamptz,
    CHECK ((destroyed_at IS NULL) = (wrapped IS NOT NULL)),
    CHECK ((destroyed_at IS NULL) = (root_key_id IS NOT NULL)),
    CHECK ((destroyed_at IS NULL) = (study_instance_uid IS NOT NULL))
);
CREATE INDEX study_key_study_idx ON study_key (study_instance_uid);
CREATE INDEX study_key_root_idx ON study_key (root_key_id, key_id);
CREATE INDEX study_key_destroyed_idx ON study_key (destroyed_at) WHERE destroyed_at IS NOT NULL;
