-- Failures from one address within a time: for this name, and for any.
SELECT count(*) FILTER (WHERE user_name = %(user_name)s), count(*)
  FROM sign_in_failure
 WHERE address = %(address)s AND failed_at > now() - %(within)s::interval;
