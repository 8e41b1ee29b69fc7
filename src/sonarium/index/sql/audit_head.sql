-- The last link of the audit chain.
SELECT sequence, record_ref, hash FROM audit_link ORDER BY sequence DESC LIMIT 1;
