-- Everything of one patient; served by study_patient_id_idx.
SELECT instance.instance_ref, study.study_instance_uid, series.series_instance_uid,
       instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid,
       instance.instance_number, instance.number_of_frames, instance.blob_key,
       instance.data_set_offset, instance.data_set_length, instance.sha256,
       instance.received_at, instance.damaged_at IS NOT NULL AS is_damaged,
       instance.packed_frames
  FROM study
  JOIN series USING (study_ref)
  JOIN instance USING (series_ref)
 WHERE study.patient_id = %(patient_id)s::text
 ORDER BY study.study_ref, series.series_number NULLS LAST, series.series_ref,
          instance.instance_number NULLS LAST, instance.instance_ref;
