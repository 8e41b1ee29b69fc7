-- pre: instances with their series and study, for whoever looks. The policies of the three tables ask
-- once for each whether the study is seen, and this view asks once for all of them. As with the
-- policies, the archive itself, which may write these rows, sees all.
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
