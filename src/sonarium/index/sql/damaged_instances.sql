-- Instances whose blob is no longer what was stored, newest finding first.
SELECT instance.sop_instance_uid, instance.blob_key, series.series_instance_uid,
       study.study_instance_uid, instance.damaged_at
  FROM instance
  JOIN series USING (series_ref)
  JOIN study USING (study_ref)
 WHERE instance.damaged_at IS NOT NULL
 ORDER BY instance.damaged_at DESC, instance.instance_ref
 LIMIT %(limit)s;
