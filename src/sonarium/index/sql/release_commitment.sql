-- Give an unreported request out of hand, with the kind of failure if there was one.
UPDATE commitment
   SET claimed_until = NULL,
       last_error = coalesce(%(error)s, last_error)
 WHERE commitment_ref = %(commitment_ref)s
   AND reported_at IS NULL;
