-- Instances whose blobs lie open, for walking over them; the keys of sealed blobs begin with e.
SELECT instance.instance_ref, study.study_instance_uid, series.series_instance_uid,
       instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid,
       instance.instance_number, instance.number_of_frames, instance.blob_key,
       instance.data_set_offset, instance.data_set_length, instance.sha256,
       instance.received_at, instance.damaged_at IS NOT NULL AS is_damaged,
       instance.packed_frames
  FROM instance
  JOIN series USING (series_ref)
  JOIN study USING (study_ref)
 WHERE NOT starts_with(instance.blob_key, 'e')
   AND instance.instance_ref > %(after)s
 ORDER BY instance.instance_ref
 LIMIT %(limit)s;
