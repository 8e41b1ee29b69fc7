-- pre: tokens by which a viewer on somebody's desk looks at one study for some minutes. They end
-- with the session of whoever opened it.
CREATE TABLE study_token (
    secret_hash        bytea PRIMARY KEY,
    session_ref        bigint NOT NULL REFERENCES session ON DELETE CASCADE,
    study_instance_uid text COLLATE "C" NOT NULL,
    expires_at         timestamptz NOT NULL
);
CREATE INDEX study_token_session_idx ON study_token (session_ref);
