-- Some instances; served by the unique index on sop_instance_uid.
SELECT instance_ref, study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid,
       transfer_syntax_uid, instance_number, number_of_frames, blob_key, data_set_offset,
       data_set_length, sha256, received_at, damaged_at IS NOT NULL AS is_damaged, packed_frames
  FROM seen_instance
 WHERE sop_instance_uid = ANY (%(instances)s::text[])
   AND (%(patient_id)s::text IS NULL OR patient_id = %(patient_id)s)
   AND (%(studies)s::text[] IS NULL OR study_instance_uid = ANY (%(studies)s))
   AND (%(series)s::text[] IS NULL OR series_instance_uid = ANY (%(series)s))
 ORDER BY study_ref, series_number NULLS LAST, series_ref, instance_number NULLS LAST, instance_ref;
