-- Jobs that failed for good, the latest first.
SELECT job.id AS job_id,
       job.task_name AS task,
       job.attempts,
       max(event.at) AS failed_at
  FROM procrastinate_jobs AS job
  JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'failed'
 WHERE job.status = 'failed'
 GROUP BY job.id
 ORDER BY failed_at DESC;
