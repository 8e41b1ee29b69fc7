-- Whose view of which study somebody has who gave the code of a link, if it still holds.
SELECT link_ref, user_name, roles, person_ref, person.departments, person.physician_ids,
       study_instance_uid
  FROM study_link JOIN person USING (person_ref) JOIN study USING (study_ref)
 WHERE visit_hash = %(visit)s AND revoked_at IS NULL AND expires_at > now() AND is_active;
