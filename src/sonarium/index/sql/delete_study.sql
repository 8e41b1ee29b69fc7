-- Remove a study with everything in it; its blobs are doomed, and returned to be deleted.
-- Needs the lock of lock_for_deletion.sql.
WITH doomed AS MATERIALIZED (
SELECT instance.blob_key, instance.data_set_length, study.study_ref, series.series_ref
  FROM study
  LEFT JOIN series USING (study_ref)
  LEFT JOIN instance USING (series_ref)
 WHERE study.study_instance_uid = %(study)s
), removed AS (
DELETE FROM study
 WHERE study_ref = (SELECT DISTINCT study_ref FROM doomed)
RETURNING study_instance_uid, number_of_instances
), told AS (
INSERT INTO change (kind, study_instance_uid, instances)
SELECT 'deleted', study_instance_uid, number_of_instances FROM removed
), counted AS (
INSERT INTO tally (studies, series, instances, stored_bytes)
SELECT -count(DISTINCT study_ref), -count(DISTINCT series_ref), -count(blob_key),
       -coalesce(sum(data_set_length), 0)
  FROM doomed
HAVING count(*) > 0
), noted AS (
INSERT INTO doomed_blob (blob_key)
SELECT blob_key FROM doomed WHERE blob_key IS NOT NULL
    ON CONFLICT (blob_key) DO NOTHING
), notified AS (
SELECT count(pg_notify('sonarium_change', study_instance_uid)) FROM removed
)
SELECT doomed.blob_key FROM doomed, notified WHERE doomed.blob_key IS NOT NULL;
