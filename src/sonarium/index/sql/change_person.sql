-- Change what somebody is called, is and may still do.
UPDATE person
   SET display_name = %(display_name)s, roles = %(roles)s, is_active = %(is_active)s
 WHERE user_name = %(user_name)s;
