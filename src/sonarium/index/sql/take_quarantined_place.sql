-- Let an instance take the place of a quarantined object, as that takes its own: the row of the
-- instance now describes the other bytes. Returns what the quarantine keeps from now on.
WITH kept AS (
SELECT instance.instance_ref, instance.blob_key, instance.sha256, instance.source,
       instance.received_at, instance.data_set_length, instance.series_ref
  FROM instance
  JOIN series USING (series_ref)
  JOIN study USING (study_ref)
 WHERE instance.sop_instance_uid = %(sop_instance_uid)s
   AND series.series_instance_uid = %(series_instance_uid)s
   AND study.study_instance_uid = %(study_instance_uid)s
   FOR UPDATE OF instance
), swapped AS (
UPDATE instance
   SET sop_class_uid = %(sop_class_uid)s,
       transfer_syntax_uid = %(transfer_syntax_uid)s,
       instance_number = %(instance_number)s,
       number_of_frames = %(number_of_frames)s,
       blob_key = %(blob_key)s,
       data_set_offset = %(data_set_offset)s,
       data_set_length = %(data_set_length)s,
       sha256 = %(sha256)s,
       source = %(source)s,
       received_at = %(received_at)s,
       damaged_at = NULL,
       attributes = %(attributes)s,
       packed_header = %(packed_header)s,
       packed_frames = %(packed_frames)s
  FROM kept
 WHERE instance.instance_ref = kept.instance_ref
), set_aside AS (
UPDATE quarantine
   SET blob_key = kept.blob_key,
       sha256 = kept.sha256,
       source = kept.source,
       received_at = kept.received_at,
       reason = %(reason)s,
       discarded_at = NULL,
       discarded_by = ''
  FROM kept
 WHERE quarantine_ref = %(quarantined)s
)
SELECT kept.series_ref, series.study_ref, kept.data_set_length
  FROM kept
  JOIN series USING (series_ref);
