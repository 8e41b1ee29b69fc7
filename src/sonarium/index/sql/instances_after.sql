-- Instances by key, for walking over all of them.
SELECT instance.instance_ref, study.study_instance_uid, series.series_instance_uid,
       instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid,
       instance.instance_number, instance.number_of_frames, instance.blob_key,
       instance.data_set_offset, instance.data_set_length, instance.sha256,
       instance.received_at, instance.damaged_at IS NOT NULL AS is_damaged,
       instance.packed_frames
  FROM study
  JOIN series USING (study_ref)
  JOIN instance USING (series_ref)
 WHERE instance.instance_ref > %(after)s
 ORDER BY instance.instance_ref
 LIMIT %(limit)s;
