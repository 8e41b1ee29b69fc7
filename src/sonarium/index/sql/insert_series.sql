-- Make sure that these series have rows, and return every one of them.
WITH added AS (
INSERT INTO series (series_instance_uid, study_ref, modality, series_number, attributes)
SELECT new.*
  FROM unnest(%(uids)s::text[], %(studies)s::bigint[], %(modalities)s::text[],
              %(numbers)s::int[], %(attributes)s::jsonb[]) AS new
 ORDER BY 1
    ON CONFLICT (series_instance_uid) DO NOTHING
RETURNING series_ref, series_instance_uid, study_ref
)
SELECT series_ref, series_instance_uid, study_ref FROM added
 UNION ALL
SELECT series_ref, series_instance_uid, study_ref
  FROM series
 WHERE series_instance_uid = ANY(%(uids)s::text[]);
