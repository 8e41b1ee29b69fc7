-- Adds records to the audit trail; each waits for its place in the chain.
WITH added AS (
    INSERT INTO audit_record (happened_at, event, action, outcome, actor_kind, actor, address,
                              patient_id, study_instance_uid, content, mac)
    SELECT * FROM unnest(
        %(happened_at)s::timestamptz[], %(events)s::text[], %(actions)s::text[],
        %(outcomes)s::smallint[], %(actor_kinds)s::text[], %(actors)s::text[],
        %(addresses)s::text[], %(patient_ids)s::text[], %(studies)s::text[],
        %(contents)s::bytea[], %(macs)s::bytea[])
    RETURNING record_ref
)
INSERT INTO audit_waiting (record_ref) SELECT record_ref FROM added;
