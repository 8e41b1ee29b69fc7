-- Records without a place in the chain, oldest first; one that was taken away has no mac.
SELECT waiting.record_ref, record.mac
  FROM audit_waiting AS waiting LEFT JOIN audit_record AS record USING (record_ref)
 ORDER BY waiting.record_ref
 LIMIT %(limit)s;
