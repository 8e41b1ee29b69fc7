-- Set in which departments somebody works, and by which codes studies name them.
UPDATE person
   SET departments = coalesce(%(departments)s::text[], departments),
       physician_ids = coalesce(%(physician_ids)s::text[], physician_ids)
 WHERE user_name = %(user_name)s;
