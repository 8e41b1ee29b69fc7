-- Urgent studies that wait to be read, the longest waiting first; served by study_mark_urgent_idx.
SELECT study.study_instance_uid
  FROM study_mark
  JOIN study USING (study_ref)
 WHERE study_mark.urgent_at IS NOT NULL
   AND NOT study.is_read
 ORDER BY study_mark.urgent_at
 LIMIT %(limit)s;
