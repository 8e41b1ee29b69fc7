-- Forget sessions that have ended and failures that no longer count.
WITH ended AS (DELETE FROM session WHERE expires_at <= now())
DELETE FROM sign_in_failure WHERE failed_at < now() - interval '1 day';
