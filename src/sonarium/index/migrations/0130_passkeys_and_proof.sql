-- pre: passkeys (WebAuthn), the ceremonies under way, and when a session's person last proved
-- that it is them. A passkey's public key opens nothing; of a challenge its SHA-256 is kept.
ALTER TABLE person ADD COLUMN user_handle uuid NOT NULL DEFAULT gen_random_uuid();

CREATE TABLE passkey (
    passkey_ref   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    credential_id bytea NOT NULL UNIQUE,
    person_ref    bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    public_key    bytea NOT NULL,
    sign_count    bigint NOT NULL,
    rp_id         text COLLATE "C" NOT NULL,
    name          text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    used_at       timestamptz
);
CREATE INDEX passkey_person_idx ON passkey (person_ref);

CREATE TABLE passkey_ceremony (
    challenge_hash bytea PRIMARY KEY,
    purpose        text NOT NULL CHECK (purpose IN ('enrol', 'add', 'sign_in', 'prove')),
    user_handle    uuid,
    address        text NOT NULL,
    expires_at     timestamptz NOT NULL,
    CHECK ((user_handle IS NULL) = (purpose = 'sign_in'))
);

ALTER TABLE session ADD COLUMN proved_at timestamptz NOT NULL DEFAULT now();
