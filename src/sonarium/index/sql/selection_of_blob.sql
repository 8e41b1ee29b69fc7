-- The object whose bytes a blob holds.
SELECT study.study_instance_uid, series.series_instance_uid, instance.sop_instance_uid
  FROM instance
  JOIN series USING (series_ref)
  JOIN study USING (study_ref)
 WHERE instance.blob_key = %(blob)s;
