-- Gives records their places in the chain.
WITH placed AS (
    DELETE FROM audit_waiting WHERE record_ref = ANY(%(records)s::bigint[])
)
INSERT INTO audit_link (sequence, record_ref, hash)
SELECT * FROM unnest(%(sequences)s::bigint[], %(records)s::bigint[], %(hashes)s::bytea[]);
