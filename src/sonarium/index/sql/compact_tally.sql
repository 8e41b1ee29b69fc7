-- Add the noted differences up to one row, when they have become many.
WITH many AS MATERIALIZED (
SELECT count(*) > 1000 AS are FROM tally
), taken AS (
DELETE FROM tally WHERE (SELECT are FROM many)
RETURNING studies, series, instances, stored_bytes
)
INSERT INTO tally (studies, series, instances, stored_bytes)
SELECT sum(studies), sum(series), sum(instances), sum(stored_bytes)
  FROM taken
HAVING count(*) > 0;
