-- Remove a study with everything in it; its blobs are returned to be freed.
WITH doomed AS (
SELECT study_ref FROM study WHERE study_instance_uid = %(study)s FOR UPDATE
), blobs AS (
SELECT instance.blob_key
  FROM doomed
  JOIN series USING (study_ref)
  JOIN instance USING (series_ref)
), removed AS (
DELETE FROM study USING doomed WHERE study.study_ref = doomed.study_ref
RETURNING study.study_instance_uid
), told AS (
INSERT INTO change (study_instance_uid) SELECT study_instance_uid FROM removed
), notified AS (
SELECT count(pg_notify('sonarium_change', study_instance_uid)) FROM removed
)
SELECT blobs.blob_key FROM blobs, notified;
