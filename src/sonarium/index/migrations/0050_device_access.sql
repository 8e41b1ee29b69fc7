-- pre: what devices may ask of us, and who was refused.
-- A device that was known before could ask for everything but to send elsewhere.
ALTER TABLE device ADD COLUMN may text[] NOT NULL DEFAULT '{store,query,retrieve}';
ALTER TABLE device ALTER COLUMN may DROP DEFAULT;
ALTER TABLE device ADD COLUMN calls_from text[] NOT NULL DEFAULT '{}';
ALTER TABLE device ADD COLUMN certificate text NOT NULL DEFAULT '';

CREATE TABLE knock (
    ae_title    text COLLATE "C" NOT NULL,
    address     text COLLATE "C" NOT NULL,
    certificate text COLLATE "C" NOT NULL,
    times       bigint NOT NULL,
    first_at    timestamptz NOT NULL DEFAULT now(),
    last_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ae_title, address, certificate)
);
