-- One instance with everything that showing its frames needs.
SELECT instance.instance_ref, study.study_instance_uid, series.series_instance_uid,
       instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid,
       instance.instance_number, instance.number_of_frames, instance.blob_key,
       instance.data_set_offset, instance.data_set_length, instance.sha256,
       instance.received_at, instance.damaged_at IS NOT NULL AS is_damaged,
       instance.packed_frames, instance.packed_header
  FROM instance
  JOIN series USING (series_ref)
  JOIN study USING (study_ref)
 WHERE instance.sop_instance_uid = %(instance)s
   AND series.series_instance_uid = %(series)s
   AND study.study_instance_uid = %(study)s;
