-- Keep the keys of new blobs. A study that was deleted while its next object arrived has its key
-- again: nothing that was acknowledged is lost.
INSERT INTO study_key (key_id, study_instance_uid, root_key_id, wrapped)
SELECT * FROM unnest(%(key_ids)b::bytea[], %(studies)b::text[], %(roots)b::text[],
                     %(wrapped)b::bytea[])
    ON CONFLICT (key_id) DO UPDATE
   SET study_instance_uid = EXCLUDED.study_instance_uid,
       root_key_id = EXCLUDED.root_key_id,
       wrapped = EXCLUDED.wrapped,
       destroyed_at = NULL
 WHERE study_key.destroyed_at IS NOT NULL;
