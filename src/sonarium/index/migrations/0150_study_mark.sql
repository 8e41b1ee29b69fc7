-- pre: what people say of a study beside what is in it: that it is urgent, that it was read.
CREATE TABLE study_mark (
    study_ref      bigint PRIMARY KEY REFERENCES study ON DELETE CASCADE,
    urgent_at      timestamptz,
    urgent_by      text NOT NULL DEFAULT '',
    read_at        timestamptz,
    read_by        text NOT NULL DEFAULT '',
    -- What was there to be read: a study that grew since is not read.
    read_instances integer NOT NULL DEFAULT 0
);
CREATE INDEX study_mark_urgent_idx ON study_mark (urgent_at) WHERE urgent_at IS NOT NULL;
