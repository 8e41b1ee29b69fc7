-- Enqueue one job by the library's own function, so that its notification goes out too.
SELECT procrastinate_defer_jobs_v1(
    ARRAY[
        ROW(%(queue)s, %(task)s, 0, NULL, NULL, %(arguments)s, %(not_before)s::timestamptz)
    ]::procrastinate_job_to_defer_v1[]
);
