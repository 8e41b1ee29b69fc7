-- How many studies each person looked at on each day (UTC) of a period.
SELECT actor, (happened_at AT TIME ZONE 'UTC')::date AS day,
       count(DISTINCT study_instance_uid) AS studies
  FROM audit_record
 WHERE actor_kind = 'person' AND outcome = 0 AND event IN ('110102', '110103', '110106')
   AND study_instance_uid <> ''
   AND happened_at >= %(since)s::timestamptz AND happened_at < %(until)s::timestamptz
 GROUP BY 1, 2
 ORDER BY 1, 2;
