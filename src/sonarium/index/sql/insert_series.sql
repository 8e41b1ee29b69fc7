-- Add series.
INSERT INTO series (series_instance_uid, study_ref, modality, series_number, names, attributes)
SELECT new.*
  FROM unnest(%(uids)s::text[], %(studies)s::bigint[], %(modalities)s::text[],
              %(numbers)s::int[], %(names)s::jsonb[], %(attributes)s::jsonb[]) AS new
RETURNING series_ref, study_ref, series_instance_uid;
