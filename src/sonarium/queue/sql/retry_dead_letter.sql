-- Let one dead job run again at once, by the library's own function.
SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL)
  FROM procrastinate_jobs
 WHERE id = %(job_id)s
   AND status = 'failed';
