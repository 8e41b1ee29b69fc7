-- Notes how far the chain was handed to a target.
INSERT INTO audit_forwarded (target, sequence) VALUES (%(target)s, %(sequence)s)
ON CONFLICT (target) DO UPDATE SET sequence = excluded.sequence;
