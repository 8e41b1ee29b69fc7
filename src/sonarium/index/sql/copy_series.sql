-- Synthetic series.
COPY series (series_ref, series_instance_uid, study_ref, modality, attributes)
FROM STDIN (FORMAT BINARY);
