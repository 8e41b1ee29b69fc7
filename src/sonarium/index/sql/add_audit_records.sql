-- Adds records to the audit trail; each waits for its place in the chain.
WITH added AS (
    INSERT INTO audit_record (happened_at, event, action, outcome, actor_kind, actor, address,
                              patient_id, study_instance_uid, content, mac)
    SELECT * FROM unnest(
        %(happened_at)b::timestamptz[], %(events)b::text[], %(actions)b::text[],
        %(outcomes)b::smallint[], %(actor_kinds)b::text[], %(actors)b::text[],
        %(addresses)b::text[], %(patient_ids)b::text[], %(studies)b::text[],
        %(contents)b::bytea[], %(macs)b::bytea[])
    RETURNING record_ref
)
INSERT INTO audit_waiting (record_ref) SELECT record_ref FROM added;
