-- Links after a place with their records, in order; a record that was taken away is NULL.
SELECT link.sequence, link.record_ref, link.hash, record.happened_at, record.event,
       record.action, record.outcome, record.actor_kind, record.actor, record.address,
       record.patient_id, record.study_instance_uid, record.content, record.mac
  FROM audit_link AS link LEFT JOIN audit_record AS record USING (record_ref)
 WHERE link.sequence > %(after)s::bigint
 ORDER BY link.sequence
 LIMIT %(limit)s;
