-- Take back a link; whoever made it may, or anybody without a name.
UPDATE study_link SET revoked_at = now()
  FROM person
 WHERE person.person_ref = study_link.person_ref AND link_ref = %(link_ref)s
   AND revoked_at IS NULL AND (%(user_name)s::text IS NULL OR user_name = %(user_name)s);
