-- Forget one dead job.
DELETE FROM procrastinate_jobs
 WHERE id = %(job_id)s
   AND status = 'failed';
