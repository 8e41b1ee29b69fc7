-- Headers of a selection in reading order.
SELECT study_instance_uid, series_instance_uid, sop_instance_uid, packed_header
  FROM seen_instance
 WHERE study_instance_uid = %(study)s
   AND (%(series)s::text IS NULL OR series_instance_uid = %(series)s)
   AND (%(instance)s::text IS NULL OR sop_instance_uid = %(instance)s)
 ORDER BY series_number NULLS LAST, series_ref, instance_number NULLS LAST, instance_ref;
