-- Add series.
INSERT INTO series (series_instance_uid, study_ref, modality, series_number, names, attributes)
SELECT series_instance_uid, study_ref, modality, series_number, names::jsonb, attributes::jsonb
  FROM unnest(%(uids)b::text[], %(studies)b::bigint[], %(modalities)b::text[],
              %(numbers)b::int[], %(names)b::text[], %(attributes)b::text[])
       AS new (series_instance_uid, study_ref, modality, series_number, names, attributes)
RETURNING series_ref, study_ref, series_instance_uid;
