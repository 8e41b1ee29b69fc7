-- Instances of a selection in reading order, without headers.
SELECT instance_ref, study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid,
       transfer_syntax_uid, instance_number, number_of_frames, blob_key, data_set_offset,
       data_set_length, sha256, received_at, damaged_at IS NOT NULL AS is_damaged, packed_frames
  FROM seen_instance
 WHERE study_instance_uid = %(study)s
   AND (%(series)s::text IS NULL OR series_instance_uid = %(series)s)
   AND (%(instance)s::text IS NULL OR sop_instance_uid = %(instance)s)
 ORDER BY series_number NULLS LAST, series_ref, instance_number NULLS LAST, instance_ref;
