-- Records that repeat another, byte for byte: no event happens twice.
SELECT max(record_ref) AS record_ref FROM audit_record
 GROUP BY mac HAVING count(*) > 1
 ORDER BY 1
 LIMIT %(limit)s;
