-- Say that studies are urgent, or are not; told to whoever watches.
WITH marked AS (
INSERT INTO study_mark (study_ref, urgent_at, urgent_by)
SELECT study_ref, CASE WHEN %(is_urgent)s THEN now() END,
       CASE WHEN %(is_urgent)s THEN %(by)s ELSE '' END
  FROM study
 WHERE study_instance_uid = ANY (%(studies)s)
    ON CONFLICT (study_ref) DO UPDATE
   SET urgent_at = excluded.urgent_at, urgent_by = excluded.urgent_by
RETURNING study_ref
)
SELECT count(pg_notify('sonarium_change', study.study_instance_uid))
  FROM marked
  JOIN study USING (study_ref);
