-- pre: the list of unread studies is a search like others, and pages of it are right.
ALTER TABLE study ADD COLUMN is_read boolean NOT NULL DEFAULT false;
UPDATE study
   SET is_read = true
  FROM study_mark
 WHERE study_mark.study_ref = study.study_ref
   AND study_mark.read_at IS NOT NULL
   AND study.number_of_instances <= study_mark.read_instances;
CREATE INDEX study_unread_idx ON study (is_read, study_date DESC, study_time DESC, study_ref DESC)
    WHERE NOT is_read;
