-- What an export writes of one study, in reading order.
SELECT series.series_ref, instance.instance_ref, series.series_instance_uid,
       instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid,
       instance.blob_key, instance.data_set_offset, instance.data_set_length, instance.sha256,
       series.attributes AS series_attributes, instance.attributes
  FROM series
  JOIN instance USING (series_ref)
 WHERE series.study_ref = %(study_ref)s
 ORDER BY series.series_number NULLS LAST, series.series_ref,
       instance.instance_number NULLS LAST, instance.instance_ref;
