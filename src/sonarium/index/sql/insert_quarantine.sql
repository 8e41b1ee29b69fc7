-- Set an object aside for a person.
INSERT INTO quarantine (
       reason, sop_instance_uid, study_instance_uid, blob_key, sha256, source, received_at)
VALUES (%(reason)s, %(sop_instance_uid)s, %(study_instance_uid)s, %(blob_key)s, %(sha256)s,
        %(source)s, %(received_at)s)
    ON CONFLICT (blob_key) DO NOTHING;
