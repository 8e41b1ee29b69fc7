-- pre: access tokens have a number to be taken back by, and may be bound to a part of our addresses.
ALTER TABLE access_token
    ADD COLUMN token_ref  bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN audience   text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
