-- Adds one record to the audit trail, which waits for its place in the chain: as
-- add_audit_records does for many, at half the cost.
WITH added AS (
    INSERT INTO audit_record (happened_at, event, action, outcome, actor_kind, actor, address,
                              patient_id, study_instance_uid, content, mac)
    VALUES (%(happened_at)b, %(event)b, %(action)b, %(outcome)b, %(actor_kind)b, %(actor)b,
            %(address)b, %(patient_id)b, %(study)b, %(content)b, %(mac)b)
    RETURNING record_ref
)
INSERT INTO audit_waiting (record_ref) SELECT record_ref FROM added;
