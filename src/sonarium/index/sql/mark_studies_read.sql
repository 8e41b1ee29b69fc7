-- Say that studies were read, or were not; told to whoever watches. What arrives meanwhile is unread.
WITH marked AS (
INSERT INTO study_mark (study_ref, read_at, read_by, read_instances)
SELECT study_ref, CASE WHEN %(is_read)s THEN now() END,
       CASE WHEN %(is_read)s THEN %(by)s ELSE '' END, number_of_instances
  FROM study
 WHERE study_instance_uid = ANY (%(studies)s)
    ON CONFLICT (study_ref) DO UPDATE
   SET read_at = excluded.read_at, read_by = excluded.read_by,
       read_instances = excluded.read_instances
RETURNING study_ref, read_instances
), noted AS (
UPDATE study
   SET is_read = %(is_read)s AND study.number_of_instances <= marked.read_instances
  FROM marked
 WHERE study.study_ref = marked.study_ref
RETURNING study.study_instance_uid
)
SELECT count(pg_notify('sonarium_change', study_instance_uid)) FROM noted;
