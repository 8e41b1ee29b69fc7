-- Whether whoever the settings `sonarium.…` of this transaction describe may see a row of study.
-- The policy of the table and every search are made of this text; each setting is read once per
-- statement, since every (SELECT …) here is an InitPlan or a hashed subplan.
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
