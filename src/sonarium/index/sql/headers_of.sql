-- Headers of a selection in reading order.
SELECT study.study_instance_uid, series.series_instance_uid, instance.sop_instance_uid,
       instance.packed_header
  FROM study
  JOIN series USING (study_ref)
  JOIN instance USING (series_ref)
 WHERE study.study_instance_uid = %(study)s
   AND (%(series)s::text IS NULL OR series.series_instance_uid = %(series)s)
   AND (%(instance)s::text IS NULL OR instance.sop_instance_uid = %(instance)s)
 ORDER BY series.series_number NULLS LAST, series.series_ref,
          instance.instance_number NULLS LAST, instance.instance_ref;
