-- The requestor has its report.
UPDATE commitment
   SET reported_at = %(at)s,
       number_failed = %(number_failed)s,
       claimed_until = NULL
 WHERE commitment_ref = %(commitment_ref)s;
