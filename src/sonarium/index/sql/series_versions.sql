-- The version of each series of a selection, in reading order.
SELECT series.series_ref, series.series_instance_uid, series.version
  FROM study
  JOIN series USING (study_ref)
 WHERE study.study_instance_uid = %(study)s
   AND (%(series)s::text IS NULL OR series.series_instance_uid = %(series)s)
 ORDER BY series.series_number NULLS LAST, series.series_ref;
