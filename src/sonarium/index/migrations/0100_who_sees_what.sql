-- pre: who sees what. Rows that were there before stay seen as they were: people, programs and
-- devices that exist get every department; studies get their department and codes from what
-- was indexed of them.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sonarium_reader') THEN
        CREATE ROLE sonarium_reader NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'sonarium_reader', 'MEMBER') THEN
        EXECUTE format('GRANT sonarium_reader TO %I', current_user);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE insufficient_privilege USING MESSAGE = format(
        'a database administrator must run once: CREATE ROLE sonarium_reader NOLOGIN; '
        'GRANT sonarium_reader TO %I;', current_user);
END
$$;

ALTER TABLE patient
    ADD COLUMN confidentiality text NOT NULL DEFAULT 'normal'
        CHECK (confidentiality IN ('normal', 'vip', 'confidential')),
    ADD COLUMN alias text NOT NULL DEFAULT '',
    ADD UNIQUE (patient_ref, confidentiality);
CREATE INDEX patient_confidentiality_idx ON patient (patient_ref) WHERE confidentiality <> 'normal';

ALTER TABLE study
    ADD COLUMN department text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN physician_ids text[] NOT NULL DEFAULT '{}',
    ADD COLUMN confidentiality text NOT NULL DEFAULT 'normal',
    ADD COLUMN identity_removed boolean NOT NULL DEFAULT false,
    ADD COLUMN is_teaching boolean NOT NULL DEFAULT false CHECK (identity_removed OR NOT is_teaching);
UPDATE study
   SET department = said.department
  FROM (SELECT DISTINCT ON (series.study_ref) series.study_ref,
               trim(regexp_replace(regexp_replace(lower(normalize(
                   series.attributes->'00081040'->'Value'->>0, NFKD)),
                   '[\u0300-\u036f]', '', 'g'), '\s+', ' ', 'g')) AS department
          FROM series
         WHERE series.attributes->'00081040'->'Value'->>0 IS NOT NULL
         ORDER BY series.study_ref, series.series_ref) AS said
 WHERE said.study_ref = study.study_ref;
UPDATE study
   SET physician_ids = ARRAY(
       SELECT DISTINCT trim(code->'00080100'->'Value'->>0)
              || coalesce('^' || nullif(trim(code->'00080102'->'Value'->>0), ''), '')
         FROM jsonb_array_elements(study.attributes->'00080096'->'Value') AS physician,
              jsonb_array_elements(physician->'00401101'->'Value') AS code
        WHERE trim(code->'00080100'->'Value'->>0) <> '')
 WHERE study.attributes ? '00080096';

-- A study says of its patient whether they are confidential, so that no list need look at both.
ALTER TABLE study
    DROP CONSTRAINT study_patient_ref_fkey,
    ADD FOREIGN KEY (patient_ref, confidentiality)
        REFERENCES patient (patient_ref, confidentiality) ON UPDATE CASCADE;
CREATE INDEX study_department_idx
    ON study (department, study_date DESC, study_time DESC, study_ref DESC);
CREATE INDEX study_physicians_idx ON study USING gin (physician_ids) WITH (fastupdate = off);
CREATE INDEX study_teaching_idx ON study (study_ref) WHERE is_teaching;

ALTER TABLE person
    ADD COLUMN departments text[] NOT NULL DEFAULT '{*}',
    ADD COLUMN physician_ids text[] NOT NULL DEFAULT '{}';
ALTER TABLE api_client ADD COLUMN departments text[] NOT NULL DEFAULT '{*}';
ALTER TABLE device ADD COLUMN departments text[] NOT NULL DEFAULT '{*}';

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
