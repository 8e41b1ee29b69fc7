-- One instance with everything that showing its frames needs.
SELECT instance_ref, study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid,
       transfer_syntax_uid, instance_number, number_of_frames, blob_key, data_set_offset,
       data_set_length, sha256, received_at, damaged_at IS NOT NULL AS is_damaged, packed_frames,
       packed_header
  FROM seen_instance
 WHERE sop_instance_uid = %(instance)s
   AND series_instance_uid = %(series)s
   AND study_instance_uid = %(study)s;
