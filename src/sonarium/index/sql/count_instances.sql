-- Bring counts, lists and versions of series and studies up to date after instances were
-- added, note the change, and tell it when the transaction commits.
WITH grown AS (
SELECT * FROM unnest(%(series)b::bigint[], %(series_instances)b::int[])
    AS new (series_ref, instances)
), counted_series AS (
UPDATE series
   SET number_of_instances = number_of_instances + grown.instances,
       version = nextval('version_seq')
  FROM grown
 WHERE series.series_ref = grown.series_ref
), counted_studies AS (
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
       -- The first object that names a department decides; until then, whoever sends.
       department = CASE
           WHEN new.department <> '' AND (study.department = '' OR study.is_department_assumed)
           THEN new.department
           WHEN study.department = ''
           THEN coalesce(nullif(new.senders_department, ''), device.department_folded, '')
           ELSE study.department END,
       is_department_assumed = new.department = '' AND CASE study.department
           WHEN ''
           THEN coalesce(nullif(new.senders_department, ''), device.department_folded, '') <> ''
           ELSE study.is_department_assumed END,
       physician_ids = CASE new.physician_ids WHEN '' THEN study.physician_ids ELSE ARRAY(
           SELECT DISTINCT code
             FROM unnest(study.physician_ids || string_to_array(new.physician_ids, E'\n')) AS code
            ORDER BY 1) END,
       identity_removed = new.identity_removed
           AND (study.identity_removed OR study.number_of_instances = 0),
       is_teaching = study.is_teaching AND new.identity_removed,
       is_read = false,
       version = nextval('version_seq'),
       changed_at = now()
  FROM unnest(%(studies)b::bigint[], %(instances)b::int[], %(sop_classes)b::text[],
              %(clashes)b::boolean[], %(departments)b::text[], %(physician_ids)b::text[],
              %(identity_removed)b::boolean[], %(senders)b::text[],
              %(senders_departments)b::text[])
       AS new (study_ref, instances, sop_classes, clash, department, physician_ids,
               identity_removed, sender, senders_department)
  LEFT JOIN device ON device.ae_title = new.sender
 WHERE study.study_ref = new.study_ref
RETURNING study.study_instance_uid, new.instances,
          study.number_of_instances = new.instances AS is_new
), told AS (
INSERT INTO change (kind, study_instance_uid, instances)
SELECT CASE WHEN is_new THEN 'added' ELSE 'grew' END, study_instance_uid, instances
  FROM counted_studies
), counted AS (
INSERT INTO tally (studies, series, instances, stored_bytes)
VALUES (%(new_studies)s, %(new_series)s, %(new_instances)s, %(new_bytes)s)
)
SELECT count(pg_notify('sonarium_change', study_instance_uid)) FROM counted_studies;
