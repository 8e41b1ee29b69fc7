-- pre: requests for storage commitment, and whether they were reported.
CREATE TABLE commitment (
    commitment_ref      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_uid     text NOT NULL,
    requesting_ae_title text NOT NULL,
    called_ae_title     text NOT NULL,
    sop_class_uids      text[] NOT NULL,
    sop_instance_uids   text[] NOT NULL,
    requested_at        timestamptz NOT NULL DEFAULT now(),
    claimed_until       timestamptz,
    reported_at         timestamptz,
    number_failed       integer,
    attempts            integer NOT NULL DEFAULT 0,
    last_error          text,
    CHECK (cardinality(sop_class_uids) = cardinality(sop_instance_uids))
);
CREATE INDEX commitment_unreported_idx ON commitment (commitment_ref) WHERE reported_at IS NULL;
