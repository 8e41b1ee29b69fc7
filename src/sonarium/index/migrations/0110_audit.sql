-- pre: the audit trail, which is only added to.
CREATE TABLE audit_record (
    record_ref         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at        timestamptz NOT NULL,
    event              text COLLATE "C" NOT NULL,
    action             text COLLATE "C" NOT NULL,
    outcome            smallint NOT NULL,
    actor_kind         text COLLATE "C" NOT NULL,
    actor              text COLLATE "C" NOT NULL,
    address            text COLLATE "C" NOT NULL,
    patient_id         text COLLATE "C" NOT NULL,
    study_instance_uid text COLLATE "C" NOT NULL,
    -- What was hashed; the columns before it repeat parts of it, for searching.
    content            bytea NOT NULL,
    -- Under a key that this database does not hold.
    mac                bytea NOT NULL
);
CREATE INDEX audit_record_time_idx ON audit_record (happened_at);
CREATE INDEX audit_record_actor_idx ON audit_record (actor, happened_at);
CREATE INDEX audit_record_patient_idx ON audit_record (patient_id, happened_at)
    WHERE patient_id <> '';
CREATE INDEX audit_record_study_idx ON audit_record (study_instance_uid, happened_at)
    WHERE study_instance_uid <> '';

-- Records that have no place in the chain yet; each is written with its record.
CREATE TABLE audit_waiting (
    record_ref bigint PRIMARY KEY
);

CREATE TABLE audit_link (
    sequence   bigint PRIMARY KEY,
    record_ref bigint NOT NULL UNIQUE,
    hash       bytea NOT NULL
);

-- How far records were handed to somebody outside.
CREATE TABLE audit_forwarded (
    target   text COLLATE "C" PRIMARY KEY,
    sequence bigint NOT NULL
);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only added to';
END
$$;
CREATE TRIGGER audit_record_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_link_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_link
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
