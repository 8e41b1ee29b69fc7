-- The keys of one study; served by study_key_study_idx.
SELECT key_id FROM study_key WHERE study_instance_uid = %(study)s ORDER BY key_id;
