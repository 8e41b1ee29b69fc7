-- When keys were destroyed, and how many each day; newest first.
SELECT date_trunc('day', destroyed_at) AS destroyed_at, count(*)::int AS keys
  FROM study_key
 WHERE destroyed_at IS NOT NULL
 GROUP BY 1
 ORDER BY 1 DESC
 LIMIT %(limit)s;
