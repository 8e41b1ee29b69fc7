-- Gives records their places in the chain.
WITH placed AS (
    DELETE FROM audit_waiting WHERE record_ref = ANY(%(records)b::bigint[])
)
INSERT INTO audit_link (sequence, record_ref, hash)
SELECT * FROM unnest(%(sequences)b::bigint[], %(records)b::bigint[], %(hashes)b::bytea[]);
