CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Every version that a study or series ever had comes from here, so none comes twice,
-- not even after a study was deleted and sent again: entity tags rely on it.
CREATE SEQUENCE version_seq AS bigint;

CREATE TABLE patient (
    patient_ref    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id     text COLLATE "C" NOT NULL,
    issuer         text COLLATE "C" NOT NULL DEFAULT '',
    -- Without a Patient ID nothing says that two studies are of one person.
    lone_study_uid text COLLATE "C" NOT NULL DEFAULT '',
    confidentiality text NOT NULL DEFAULT 'normal'
        CHECK (confidentiality IN ('normal', 'vip', 'confidential')),
    alias          text NOT NULL DEFAULT '',
    UNIQUE (patient_id, issuer, lone_study_uid),
    UNIQUE (patient_ref, confidentiality),
    CHECK ((patient_id = '') = (lone_study_uid <> ''))
);
CREATE INDEX patient_confidentiality_idx ON patient (patient_ref) WHERE confidentiality <> 'normal';

-- Names are folded: in columns, and the others in `names`, tag → [[alphabetic, ideographic,
-- phonetic], …]. Dates are YYYYMMDD and times HHMMSS[.FFFFFF], empty where not known.
CREATE TABLE study (
    study_ref           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    study_instance_uid  text COLLATE "C" NOT NULL UNIQUE,
    patient_ref         bigint NOT NULL,
    patient_id          text COLLATE "C" NOT NULL,
    issuer              text COLLATE "C" NOT NULL,
    name_alphabetic     text COLLATE "C" NOT NULL,
    name_ideographic    text COLLATE "C" NOT NULL,
    name_phonetic       text COLLATE "C" NOT NULL,
    birth_date          text COLLATE "C" NOT NULL,
    sex                 text COLLATE "C" NOT NULL,
    study_date          text COLLATE "C" NOT NULL,
    study_time          text COLLATE "C" NOT NULL,
    accession_number    text COLLATE "C" NOT NULL,
    study_id            text COLLATE "C" NOT NULL,
    description         text COLLATE "C" NOT NULL,
    referring_name      text COLLATE "C" NOT NULL,
    words               text COLLATE "C" NOT NULL,
    names               jsonb NOT NULL DEFAULT '{}',
    modalities          text[] NOT NULL DEFAULT '{}',
    sop_classes         text[] NOT NULL DEFAULT '{}',
    number_of_series    integer NOT NULL DEFAULT 0,
    number_of_instances integer NOT NULL DEFAULT 0,
    demographics_clash  boolean NOT NULL DEFAULT false,
    version             bigint NOT NULL DEFAULT nextval('version_seq'),
    received_at         timestamptz NOT NULL DEFAULT now(),
    changed_at          timestamptz NOT NULL DEFAULT now(),
    attributes          jsonb NOT NULL,
    department          text COLLATE "C" NOT NULL DEFAULT '',
    physician_ids       text[] NOT NULL DEFAULT '{}',
    confidentiality     text NOT NULL DEFAULT 'normal',
    identity_removed    boolean NOT NULL DEFAULT false,
    is_teaching         boolean NOT NULL DEFAULT false CHECK (identity_removed OR NOT is_teaching),
    -- No object names a department: it is the sending device's.
    is_department_assumed boolean NOT NULL DEFAULT false,
    -- Somebody has read it as it is now (`study_mark` says who, and when).
    is_read             boolean NOT NULL DEFAULT false,
    -- A study says of its patient whether they are confidential, so that no list need look at
    -- both: whoever gives a study to another patient gives it that patient's word.
    FOREIGN KEY (patient_ref, confidentiality)
        REFERENCES patient (patient_ref, confidentiality) ON UPDATE CASCADE
) WITH (fillfactor = 85, toast_tuple_target = 900);
-- Counts change with every batch: the row stays small, and its attributes where they are.
ALTER TABLE study ALTER attributes SET STORAGE EXTERNAL;
CREATE INDEX study_recent_idx ON study (study_date DESC, study_time DESC, study_ref DESC);
CREATE INDEX study_patient_idx ON study (patient_ref);
CREATE INDEX study_patient_id_idx ON study (patient_id);
CREATE INDEX study_accession_idx ON study (accession_number);
CREATE INDEX study_id_idx ON study (study_id);
CREATE INDEX study_name_idx ON study (name_alphabetic);
CREATE INDEX study_birth_date_idx ON study (birth_date) WHERE birth_date <> '';
-- Without fastupdate: a pending list would be searched from end to end by every query.
CREATE INDEX study_name_trgm_idx ON study USING gin (
    name_alphabetic gin_trgm_ops, name_ideographic gin_trgm_ops, name_phonetic gin_trgm_ops
) WITH (fastupdate = off);
CREATE INDEX study_referring_trgm_idx ON study USING gin (
    split_part(referring_name, '=', 1) gin_trgm_ops,
    split_part(referring_name, '=', 2) gin_trgm_ops,
    split_part(referring_name, '=', 3) gin_trgm_ops
) WITH (fastupdate = off);
CREATE INDEX study_description_idx ON study USING gin (description gin_trgm_ops)
    WITH (fastupdate = off);
CREATE INDEX study_numbers_trgm_idx ON study USING gin (
    patient_id gin_trgm_ops, accession_number gin_trgm_ops
) WITH (fastupdate = off);
CREATE INDEX study_words_idx ON study USING gin (words gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX study_modalities_idx ON study USING gin (modalities) WITH (fastupdate = off);
CREATE INDEX study_department_idx
    ON study (department, study_date DESC, study_time DESC, study_ref DESC);
CREATE INDEX study_physicians_idx ON study USING gin (physician_ids) WITH (fastupdate = off);
CREATE INDEX study_teaching_idx ON study (study_ref) WHERE is_teaching;
CREATE INDEX study_referring_idx ON study (
    split_part(referring_name, '=', 1), study_date DESC, study_time DESC, study_ref DESC
);
CREATE INDEX study_referring_ideographic_idx ON study (
    split_part(referring_name, '=', 2), study_date DESC, study_time DESC, study_ref DESC
) WHERE split_part(referring_name, '=', 2) <> '';
CREATE INDEX study_referring_phonetic_idx ON study (
    split_part(referring_name, '=', 3), study_date DESC, study_time DESC, study_ref DESC
) WHERE split_part(referring_name, '=', 3) <> '';
CREATE INDEX study_recent_open_idx ON study (study_date DESC, study_time DESC, study_ref DESC)
    WHERE confidentiality <> 'confidential';
CREATE INDEX study_unread_idx ON study (is_read, study_date DESC, study_time DESC, study_ref DESC)
    WHERE NOT is_read;

CREATE TABLE series (
    series_ref          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series_instance_uid text COLLATE "C" NOT NULL,
    study_ref           bigint NOT NULL REFERENCES study ON DELETE CASCADE,
    modality            text COLLATE "C" NOT NULL,
    series_number       integer,
    number_of_instances integer NOT NULL DEFAULT 0,
    version             bigint NOT NULL DEFAULT nextval('version_seq'),
    names               jsonb NOT NULL DEFAULT '{}',
    attributes          jsonb NOT NULL,
    -- Devices exist that use one Series Instance UID in two studies.
    UNIQUE (series_instance_uid, study_ref)
) WITH (fillfactor = 85, toast_tuple_target = 400);
ALTER TABLE series ALTER attributes SET STORAGE EXTERNAL;
CREATE INDEX series_study_idx ON series (study_ref);

CREATE TABLE instance (
    instance_ref        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sop_instance_uid    text COLLATE "C" NOT NULL UNIQUE,
    series_ref          bigint NOT NULL REFERENCES series ON DELETE CASCADE,
    sop_class_uid       text COLLATE "C" NOT NULL,
    transfer_syntax_uid text COLLATE "C" NOT NULL,
    instance_number     integer,
    number_of_frames    integer NOT NULL,
    blob_key            text COLLATE "C" NOT NULL UNIQUE,
    data_set_offset     bigint NOT NULL,
    data_set_length     bigint NOT NULL,
    sha256              bytea NOT NULL,
    source              jsonb NOT NULL,
    received_at         timestamptz NOT NULL,
    damaged_at          timestamptz,
    attributes          jsonb NOT NULL,
    packed_header       bytea NOT NULL,
    packed_frames       bytea
);
-- Compressed already.
ALTER TABLE instance ALTER packed_header SET STORAGE EXTERNAL;
ALTER TABLE instance ALTER packed_frames SET STORAGE EXTERNAL;
CREATE INDEX instance_series_idx ON instance (series_ref);
-- From before objects were sealed (ADR 0020): the keys of sealed blobs begin with e.
CREATE INDEX instance_open_idx ON instance (instance_ref) WHERE NOT starts_with(blob_key, 'e');

CREATE TABLE quarantine (
    quarantine_ref      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reason              text NOT NULL,
    sop_instance_uid    text COLLATE "C" NOT NULL,
    study_instance_uid  text COLLATE "C" NOT NULL,
    blob_key            text COLLATE "C" NOT NULL UNIQUE,
    sha256              bytea NOT NULL,
    source              jsonb NOT NULL,
    received_at         timestamptz NOT NULL,
    discarded_at        timestamptz,
    discarded_by        text NOT NULL DEFAULT ''
);
CREATE INDEX quarantine_instance_idx ON quarantine (sop_instance_uid);
-- Kept for a while, so that a decision can be taken back.
CREATE INDEX quarantine_discarded_idx ON quarantine (discarded_at) WHERE discarded_at IS NOT NULL;

CREATE TABLE device (
    ae_title    text PRIMARY KEY,
    host        text NOT NULL,
    port        integer NOT NULL,
    tls         boolean NOT NULL DEFAULT false,
    description text NOT NULL DEFAULT '',
    may         text[] NOT NULL,
    calls_from  text[] NOT NULL DEFAULT '{}',
    certificate text NOT NULL DEFAULT '',
    departments text[] NOT NULL DEFAULT '{*}',
    -- Of what it sends without naming a department (0008,1040); as typed, and as compared.
    department  text NOT NULL DEFAULT '',
    department_folded text COLLATE "C" NOT NULL DEFAULT ''
);

CREATE TABLE knock (
    ae_title    text COLLATE "C" NOT NULL,
    address     text COLLATE "C" NOT NULL,
    certificate text COLLATE "C" NOT NULL,
    times       bigint NOT NULL,
    first_at    timestamptz NOT NULL DEFAULT now(),
    last_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ae_title, address, certificate)
);

-- A reader goes on after (transaction, change_ref) and stops before the oldest transaction
-- still open, so that it never passes a change that commits late.
CREATE TABLE change (
    change_ref         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind               text NOT NULL CHECK (kind IN ('added', 'grew', 'deleted')),
    study_instance_uid text COLLATE "C" NOT NULL,
    instances          integer NOT NULL,
    changed_at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX change_order_idx ON change (transaction, change_ref);
CREATE INDEX change_age_idx ON change USING brin (changed_at);

-- Every transaction adds a row with its differences; whoever reads many adds them up. One
-- row for all would make all writers wait for each other.
CREATE TABLE tally (
    studies      bigint NOT NULL,
    series       bigint NOT NULL,
    instances    bigint NOT NULL,
    stored_bytes bigint NOT NULL
);

CREATE TABLE metadata_document (
    series_ref bigint PRIMARY KEY REFERENCES series ON DELETE CASCADE,
    version    bigint NOT NULL,
    document   bytea NOT NULL
);
ALTER TABLE metadata_document ALTER document SET STORAGE EXTERNAL;
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
CREATE TABLE settled_volume (
    volume     text COLLATE "C" PRIMARY KEY,
    settled_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE doomed_blob (
    blob_key  text COLLATE "C" PRIMARY KEY,
    doomed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE scrub_pass (
    scrub_pass_ref     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at         timestamptz NOT NULL DEFAULT now(),
    finished_at        timestamptz,
    after_instance_ref bigint NOT NULL DEFAULT 0,
    instances          bigint NOT NULL DEFAULT 0,
    bytes              bigint NOT NULL DEFAULT 0,
    damaged            bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX scrub_pass_open_idx ON scrub_pass ((true)) WHERE finished_at IS NULL;

CREATE INDEX instance_damaged_idx ON instance (damaged_at) WHERE damaged_at IS NOT NULL;
CREATE TABLE person (
    person_ref    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name     text COLLATE "C" NOT NULL UNIQUE CHECK (user_name = lower(user_name)),
    display_name  text NOT NULL,
    roles         text[] NOT NULL,
    password_hash text,
    totp_secret   text,
    totp_step     bigint NOT NULL DEFAULT 0,
    is_active     boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    departments   text[] NOT NULL DEFAULT '{*}',
    physician_ids text[] NOT NULL DEFAULT '{}',
    -- What a passkey keeps of its person: it tells nothing about them.
    user_handle   uuid NOT NULL DEFAULT gen_random_uuid()
);

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

-- A challenge that waits for its answer, which it takes once.
CREATE TABLE passkey_ceremony (
    challenge_hash bytea PRIMARY KEY,
    purpose        text NOT NULL CHECK (purpose IN ('enrol', 'add', 'sign_in', 'prove')),
    user_handle    uuid,
    address        text NOT NULL,
    expires_at     timestamptz NOT NULL,
    CHECK ((user_handle IS NULL) = (purpose = 'sign_in'))
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
    expires_at    timestamptz NOT NULL,
    -- When its person last proved that it is them.
    proved_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_person_idx ON session (person_ref);

CREATE TABLE api_client (
    client_id   text COLLATE "C" PRIMARY KEY,
    description text NOT NULL,
    secret_hash bytea NOT NULL,
    scopes      text[] NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    departments text[] NOT NULL DEFAULT '{*}',
    -- Of what it stores without naming one.
    department  text NOT NULL DEFAULT ''
);

CREATE TABLE access_token (
    secret_hash bytea PRIMARY KEY,
    client_id   text COLLATE "C" NOT NULL REFERENCES api_client ON DELETE CASCADE,
    scopes      text[] NOT NULL,
    expires_at  timestamptz NOT NULL,
    token_ref   bigint GENERATED ALWAYS AS IDENTITY,
    -- The beginning of the paths at which it is heard (RFC 8707).
    audience    text COLLATE "C" NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX access_token_client_idx ON access_token (client_id);

-- People of the site's OpenID Connect provider.
CREATE TABLE provider_identity (
    issuer     text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    person_ref bigint NOT NULL UNIQUE REFERENCES person ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, subject)
);

-- Sign-ins under way at the provider; of their secrets the SHA-256 is kept.
CREATE TABLE provider_flow (
    state_hash   bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    session_ref  bigint REFERENCES session ON DELETE CASCADE,
    address      text NOT NULL,
    begun_at     timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX provider_flow_session_idx ON provider_flow (session_ref);

CREATE TABLE study_token (
    secret_hash        bytea PRIMARY KEY,
    session_ref        bigint NOT NULL REFERENCES session ON DELETE CASCADE,
    study_instance_uid text COLLATE "C" NOT NULL,
    expires_at         timestamptz NOT NULL
);
CREATE INDEX study_token_session_idx ON study_token (session_ref);

CREATE TABLE access_grant (
    grant_ref   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_ref  bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    study_ref   bigint REFERENCES study ON DELETE CASCADE,
    patient_ref bigint REFERENCES patient ON DELETE CASCADE,
    reason      text NOT NULL CHECK (reason IN ('care_team', 'grant', 'break_glass', 'own_record')),
    why         text NOT NULL,
    granted_by  text NOT NULL,
    granted_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz,
    revoked_by  text,
    reviewed_at timestamptz,
    reviewed_by text,
    verdict     text CHECK (verdict IN ('justified', 'not_justified')),
    remark      text,
    CHECK ((study_ref IS NULL) <> (patient_ref IS NULL)),
    CHECK ((reviewed_at IS NULL) = (verdict IS NULL))
);
CREATE INDEX access_grant_person_idx ON access_grant (person_ref, expires_at);
CREATE INDEX access_grant_study_idx ON access_grant (study_ref) WHERE study_ref IS NOT NULL;
CREATE INDEX access_grant_patient_idx ON access_grant (patient_ref) WHERE patient_ref IS NOT NULL;
CREATE INDEX access_grant_unreviewed_idx ON access_grant (granted_at)
    WHERE reason = 'break_glass' AND reviewed_at IS NULL;

GRANT SELECT ON study, series, instance, patient, metadata_document, access_grant
   TO sonarium_reader;

ALTER TABLE study ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE series ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE instance ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE patient ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE metadata_document ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- Our own role does the archive's work: it stores, deletes and searches, and never reads rows
-- for somebody but as sonarium_reader.
CREATE POLICY archive ON study TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY archive ON series TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY archive ON instance TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY archive ON patient TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY archive ON metadata_document TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY archive ON access_grant TO CURRENT_USER USING (true) WITH CHECK (true);
-- The text of visible_study.sql.
CREATE POLICY visible ON study FOR SELECT TO sonarium_reader USING (
    (
        -- Whoever is bound to one study sees no other.
        (SELECT coalesce(current_setting('sonarium.study', true), '') = '')
     OR study.study_instance_uid = (SELECT current_setting('sonarium.study', true))
    )
    AND (
        -- Department; no reason for confidential patients.
        (
            (
                (
                    SELECT '*' = ANY (
                           string_to_array(current_setting('sonarium.departments', true), E'\n')))
             OR study.department = ANY ((
                SELECT string_to_array(current_setting('sonarium.departments', true), E'\n'))::text[])
            )
        AND study.confidentiality <> 'confidential'
        )
        -- Ordering or reading, by code.
     OR study.physician_ids && (
            SELECT string_to_array(current_setting('sonarium.physician_ids', true), E'\n'))::text[]
        -- Teaching.
     OR (study.is_teaching AND (SELECT current_setting('sonarium.teaching', true) = 'on'))
        -- Care team, grant, break-glass, own record: of the study, or of its patient.
     OR study.study_ref IN (
            SELECT access_grant.study_ref
              FROM access_grant
             WHERE access_grant.person_ref
                   = (SELECT nullif(current_setting('sonarium.person', true), '')::bigint)
               AND access_grant.reason = ANY ((
                   SELECT string_to_array(current_setting('sonarium.granted', true), E'\n'))::text[])
               AND access_grant.revoked_at IS NULL
               AND access_grant.expires_at > now())
     OR study.patient_ref IN (
            SELECT access_grant.patient_ref
              FROM access_grant
             WHERE access_grant.person_ref
                   = (SELECT nullif(current_setting('sonarium.person', true), '')::bigint)
               AND access_grant.reason = ANY ((
                   SELECT string_to_array(current_setting('sonarium.granted', true), E'\n'))::text[])
               AND access_grant.revoked_at IS NULL
               AND access_grant.expires_at > now())
    )
);
CREATE POLICY visible ON series FOR SELECT TO sonarium_reader USING (
    EXISTS (SELECT FROM study WHERE study.study_ref = series.study_ref));
CREATE POLICY visible ON instance FOR SELECT TO sonarium_reader USING (
    EXISTS (SELECT FROM series WHERE series.series_ref = instance.series_ref));
CREATE POLICY visible ON metadata_document FOR SELECT TO sonarium_reader USING (
    EXISTS (SELECT FROM series WHERE series.series_ref = metadata_document.series_ref));
CREATE POLICY visible ON patient FOR SELECT TO sonarium_reader USING (
    EXISTS (SELECT FROM study WHERE study.patient_ref = patient.patient_ref));
CREATE POLICY own ON access_grant FOR SELECT TO sonarium_reader USING (
    person_ref = (SELECT nullif(current_setting('sonarium.person', true), '')::bigint));

-- Instances with their series and study, for whoever looks: the policies of the three tables ask once
-- for each whether the study is seen, this view once for all. As with the policies, the archive
-- itself, which may write these rows, sees all.
CREATE VIEW seen_instance WITH (security_barrier) AS
SELECT study.study_ref, study.patient_id, study.study_instance_uid,
       series.series_ref, series.series_instance_uid, series.series_number,
       instance.instance_ref, instance.sop_instance_uid, instance.sop_class_uid,
       instance.transfer_syntax_uid, instance.instance_number, instance.number_of_frames,
       instance.blob_key, instance.data_set_offset, instance.data_set_length, instance.sha256,
       instance.received_at, instance.damaged_at, instance.packed_frames, instance.packed_header
  FROM study
  JOIN series USING (study_ref)
  JOIN instance USING (series_ref)
 WHERE (SELECT has_table_privilege('study'::regclass, 'DELETE'))
    OR (
        -- The text of visible_study.sql.
        (
            -- Whoever is bound to one study sees no other.
            (SELECT coalesce(current_setting('sonarium.study', true), '') = '')
         OR study.study_instance_uid = (SELECT current_setting('sonarium.study', true))
        )
        AND (
            -- Department; no reason for confidential patients.
            (
                (
                    (
                        SELECT '*' = ANY (
                               string_to_array(current_setting('sonarium.departments', true), E'\n')))
                 OR study.department = ANY ((
                    SELECT string_to_array(current_setting('sonarium.departments', true), E'\n'))::text[])
                )
            AND study.confidentiality <> 'confidential'
            )
            -- Ordering or reading, by code.
         OR study.physician_ids && (
                SELECT string_to_array(current_setting('sonarium.physician_ids', true), E'\n'))::text[]
            -- Teaching.
         OR (study.is_teaching AND (SELECT current_setting('sonarium.teaching', true) = 'on'))
            -- Care team, grant, break-glass, own record: of the study, or of its patient.
         OR study.study_ref IN (
                SELECT access_grant.study_ref
                  FROM access_grant
                 WHERE access_grant.person_ref
                       = (SELECT nullif(current_setting('sonarium.person', true), '')::bigint)
                   AND access_grant.reason = ANY ((
                       SELECT string_to_array(current_setting('sonarium.granted', true), E'\n'))::text[])
                   AND access_grant.revoked_at IS NULL
                   AND access_grant.expires_at > now())
         OR study.patient_ref IN (
                SELECT access_grant.patient_ref
                  FROM access_grant
                 WHERE access_grant.person_ref
                       = (SELECT nullif(current_setting('sonarium.person', true), '')::bigint)
                   AND access_grant.reason = ANY ((
                       SELECT string_to_array(current_setting('sonarium.granted', true), E'\n'))::text[])
                   AND access_grant.revoked_at IS NULL
                   AND access_grant.expires_at > now())
        )
    );
GRANT SELECT ON seen_instance TO sonarium_reader;

CREATE TABLE study_key (
    key_id             bytea PRIMARY KEY,
    study_instance_uid text COLLATE "C",
    root_key_id        text COLLATE "C",
    wrapped            bytea,
    made_at            timestamptz NOT NULL DEFAULT now(),
    destroyed_at       timestamptz,
    CHECK ((destroyed_at IS NULL) = (wrapped IS NOT NULL)),
    CHECK ((destroyed_at IS NULL) = (root_key_id IS NOT NULL)),
    CHECK ((destroyed_at IS NULL) = (study_instance_uid IS NOT NULL))
);
CREATE INDEX study_key_study_idx ON study_key (study_instance_uid);
CREATE INDEX study_key_root_idx ON study_key (root_key_id, key_id);
CREATE INDEX study_key_destroyed_idx ON study_key (destroyed_at) WHERE destroyed_at IS NOT NULL;
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

GRANT INSERT, SELECT (record_ref) ON audit_record TO sonarium_reader;
GRANT INSERT ON audit_waiting TO sonarium_reader;
-- What people say of a study beside what is in it.
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
