-- Records that neither have a place in the chain nor wait for one.
SELECT record.record_ref
  FROM audit_record AS record
 WHERE NOT EXISTS (SELECT FROM audit_link AS link WHERE link.record_ref = record.record_ref)
   AND NOT EXISTS (SELECT FROM audit_waiting AS waiting WHERE waiting.record_ref = record.record_ref)
 ORDER BY record.record_ref
 LIMIT %(limit)s;
