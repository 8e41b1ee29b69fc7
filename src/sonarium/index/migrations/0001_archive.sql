-- pre: patients, studies, series, instances, quarantine, devices and the change feed.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE patient (
    patient_ref bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id  text NOT NULL,
    issuer      text NOT NULL,
    UNIQUE (patient_id, issuer)
);

CREATE TABLE study (
    study_ref           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    study_instance_uid  text COLLATE "C" NOT NULL UNIQUE,
    patient_ref         bigint NOT NULL REFERENCES patient,
    patient_id          text NOT NULL,
    issuer              text NOT NULL,
    name_alphabetic     text NOT NULL,
    name_ideographic    text NOT NULL,
    name_phonetic       text NOT NULL,
    birth_date          text NOT NULL,
    sex                 text NOT NULL,
    study_date          text COLLATE "C" NOT NULL,
    study_time          text COLLATE "C" NOT NULL,
    accession_number    text NOT NULL,
    study_id            text NOT NULL,
    description         text NOT NULL,
    referring_name      text NOT NULL,
    words               text NOT NULL,
    modalities          text[] NOT NULL DEFAULT '{}',
    sop_classes         text[] NOT NULL DEFAULT '{}',
    number_of_series    integer NOT NULL DEFAULT 0,
    number_of_instances integer NOT NULL DEFAULT 0,
    demographics_clash  boolean NOT NULL DEFAULT false,
    version             bigint NOT NULL DEFAULT 0,
    received_at         timestamptz NOT NULL,
    changed_at          timestamptz NOT NULL,
    attributes          jsonb NOT NULL
);
CREATE INDEX study_recent_idx ON study (study_date DESC, study_time DESC, study_ref DESC);
CREATE INDEX study_patient_idx ON study (patient_ref);
CREATE INDEX study_patient_id_idx ON study (patient_id text_pattern_ops);
CREATE INDEX study_accession_idx ON study (accession_number text_pattern_ops)
    WHERE accession_number <> '';
CREATE INDEX study_name_idx ON study (name_alphabetic text_pattern_ops);
CREATE INDEX study_names_trgm_idx ON study
    USING gin (name_alphabetic gin_trgm_ops, name_ideographic gin_trgm_ops, name_phonetic gin_trgm_ops);
CREATE INDEX study_words_idx ON study USING gin (words gin_trgm_ops);
CREATE INDEX study_modalities_idx ON study USING gin (modalities);
CREATE INDEX study_sop_classes_idx ON study USING gin (sop_classes);
CREATE INDEX study_changed_idx ON study (changed_at DESC);

CREATE TABLE series (
    series_ref          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series_instance_uid text COLLATE "C" NOT NULL UNIQUE,
    study_ref           bigint NOT NULL REFERENCES study ON DELETE CASCADE,
    modality            text NOT NULL,
    series_number       integer,
    number_of_instances integer NOT NULL DEFAULT 0,
    version             bigint NOT NULL DEFAULT 0,
    attributes          jsonb NOT NULL
);
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
ALTER TABLE instance ALTER packed_header SET STORAGE EXTERNAL;
CREATE INDEX instance_series_idx ON instance (series_ref);

CREATE TABLE quarantine (
    quarantine_ref      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reason              text NOT NULL,
    sop_instance_uid    text COLLATE "C" NOT NULL,
    study_instance_uid  text COLLATE "C" NOT NULL,
    blob_key            text COLLATE "C" NOT NULL UNIQUE,
    sha256              bytea NOT NULL,
    source              jsonb NOT NULL,
    received_at         timestamptz NOT NULL
);
CREATE INDEX quarantine_instance_idx ON quarantine (sop_instance_uid);

CREATE TABLE device (
    ae_title    text PRIMARY KEY,
    host        text NOT NULL,
    port        integer NOT NULL,
    tls         boolean NOT NULL DEFAULT false,
    description text NOT NULL DEFAULT ''
);

CREATE TABLE change (
    change_ref         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    study_instance_uid text COLLATE "C" NOT NULL,
    changed_at         timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE metadata_document (
    series_ref bigint PRIMARY KEY REFERENCES series ON DELETE CASCADE,
    version    bigint NOT NULL,
    document   bytea NOT NULL
);
