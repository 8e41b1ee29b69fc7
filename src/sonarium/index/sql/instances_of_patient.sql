-- Everything of one patient; served by study_patient_id_idx.
SELECT instance_ref, study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid,
       transfer_syntax_uid, instance_number, number_of_frames, blob_key, data_set_offset,
       data_set_length, sha256, received_at, damaged_at IS NOT NULL AS is_damaged, packed_frames
  FROM seen_instance
 WHERE patient_id = %(patient_id)s::text
 ORDER BY study_ref, series_number NULLS LAST, series_ref, instance_number NULLS LAST, instance_ref;
