-- Say that studies were read, or were not; told to whoever watches.
WITH marked AS (
INSERT INTO study_mark (study_ref, read_at, read_by, read_instances)
SELECT study_ref, CASE WHEN %(is_read)s THEN now() END,
       CASE WHEN %(is_read)s THEN %(by)s ELSE '' END, number_of_instances
  FROM study
 WHERE study_instance_uid = ANY (%(studies)s)
    ON CONFLICT (study_ref) DO UPDATE
   SET read_at = excluded.read_at, read_by = excluded.read_by,
       read_instances = excluded.read_instances
RETURNING study_ref
)
SELECT count(pg_notify('sonarium_change', study.study_instance_uid))
  FROM marked
  JOIN study USING (study_ref);
