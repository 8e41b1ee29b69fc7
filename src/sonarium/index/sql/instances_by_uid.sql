-- Some instances; served by the unique index on sop_instance_uid.
SELECT instance.instance_ref, study.study_instance_uid, series.series_instance_uid,
       instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid,
       instance.instance_number, instance.number_of_frames, instance.blob_key,
       instance.data_set_offset, instance.data_set_length, instance.sha256,
       instance.received_at, instance.damaged_at IS NOT NULL AS is_damaged,
       instance.packed_frames
  FROM instance
  JOIN series USING (series_ref)
  JOIN study USING (study_ref)
 WHERE instance.sop_instance_uid = ANY (%(instances)s::text[])
   AND (%(patient_id)s::text IS NULL OR study.patient_id = %(patient_id)s)
   AND (%(studies)s::text[] IS NULL OR study.study_instance_uid = ANY (%(studies)s))
   AND (%(series)s::text[] IS NULL OR series.series_instance_uid = ANY (%(series)s))
 ORDER BY study.study_ref, series.series_number NULLS LAST, series.series_ref,
          instance.instance_number NULLS LAST, instance.instance_ref;
