-- How the trail stands: what waits, and how far the chain reaches.
SELECT (SELECT count(*) FROM audit_waiting) AS waiting,
       (SELECT coalesce(max(sequence), 0) FROM audit_link) AS sealed;
