-- pre: links by which somebody outside looks at one study, on behalf of the person who made it.
CREATE TABLE study_link (
    link_ref     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret_hash  bytea NOT NULL UNIQUE,
    -- The code is told by another way, and serves once; none waits once it was used.
    code_hash    bytea,
    attempts     integer NOT NULL DEFAULT 0,
    -- What a browser that gave the code comes with afterwards.
    visit_hash   bytea UNIQUE,
    study_ref    bigint NOT NULL REFERENCES study ON DELETE CASCADE,
    person_ref   bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    recipient    text NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    opened       integer NOT NULL DEFAULT 0,
    opened_at    timestamptz,
    CHECK (expires_at <= made_at + interval '7 days')
);
CREATE INDEX study_link_study_idx ON study_link (study_ref);
CREATE INDEX study_link_person_idx ON study_link (person_ref);
