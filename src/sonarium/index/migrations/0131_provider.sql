-- pre: people of the site's OpenID Connect provider, bound by issuer and subject, and sign-ins
-- under way there.
CREATE TABLE provider_identity (
    issuer     text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    person_ref bigint NOT NULL UNIQUE REFERENCES person ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, subject)
);

CREATE TABLE provider_flow (
    state_hash   bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    session_ref  bigint REFERENCES session ON DELETE CASCADE,
    address      text NOT NULL,
    begun_at     timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX provider_flow_session_idx ON provider_flow (session_ref);
