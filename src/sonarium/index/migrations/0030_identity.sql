-- pre: people, how they sign in, what runs on their behalf. No secret is kept that a thief
-- of this table could use: passwords by Argon2id, everything random by its SHA-256.
CREATE TABLE person (
    person_ref    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name     text COLLATE "C" NOT NULL UNIQUE CHECK (user_name = lower(user_name)),
    display_name  text NOT NULL,
    roles         text[] NOT NULL,
    password_hash text,
    totp_secret   text,
    totp_step     bigint NOT NULL DEFAULT 0,
    is_active     boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE recovery_code (
    person_ref bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    code_hash  bytea NOT NULL,
    PRIMARY KEY (person_ref, code_hash)
);

CREATE TABLE sign_in_link (
    secret_hash bytea PRIMARY KEY,
    person_ref  bigint REFERENCES person ON DELETE CASCADE,
    purpose     text NOT NULL CHECK (purpose IN ('set_up', 'enrol', 'sign_in')),
    expires_at  timestamptz NOT NULL,
    CHECK ((person_ref IS NULL) = (purpose = 'set_up'))
);

CREATE TABLE sign_in_failure (
    user_name text COLLATE "C" NOT NULL,
    address   text NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_failure_idx ON sign_in_failure (address, failed_at);

CREATE TABLE session (
    session_ref   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret_hash   bytea NOT NULL UNIQUE,
    person_ref    bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    method        text NOT NULL,
    address       text NOT NULL,
    browser       text NOT NULL,
    signed_in_at  timestamptz NOT NULL DEFAULT now(),
    seen_at       timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL
);
CREATE INDEX session_person_idx ON session (person_ref);

CREATE TABLE api_client (
    client_id   text COLLATE "C" PRIMARY KEY,
    description text NOT NULL,
    secret_hash bytea NOT NULL,
    scopes      text[] NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE access_token (
    secret_hash bytea PRIMARY KEY,
    client_id   text COLLATE "C" NOT NULL REFERENCES api_client ON DELETE CASCADE,
    scopes      text[] NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX access_token_client_idx ON access_token (client_id);
