-- Add new instances to the counts of their studies, and tell that these studies changed.
WITH counted AS (
UPDATE study
   SET number_of_instances = number_of_instances + new.instances,
       number_of_series = (SELECT count(*) FROM series WHERE series.study_ref = study.study_ref),
       modalities = ARRAY(
           SELECT DISTINCT modality FROM series
            WHERE series.study_ref = study.study_ref AND modality <> '' ORDER BY 1),
       sop_classes = ARRAY(
           SELECT DISTINCT uid
             FROM unnest(study.sop_classes || string_to_array(new.sop_classes, ' ')) AS uid
            ORDER BY 1),
       demographics_clash = study.demographics_clash OR new.clash,
       version = version + 1,
       changed_at = now()
  FROM unnest(%(studies)s::bigint[], %(instances)s::int[], %(sop_classes)s::text[],
              %(clashes)s::boolean[]) AS new (study_ref, instances, sop_classes, clash)
 WHERE study.study_ref = new.study_ref
RETURNING study.study_instance_uid
), told AS (
INSERT INTO change (study_instance_uid)
SELECT study_instance_uid FROM counted
)
SELECT count(pg_notify('sonarium_change', study_instance_uid)) FROM counted;
