-- Take a decision back.
UPDATE quarantine
   SET discarded_at = NULL, discarded_by = ''
 WHERE quarantine_ref = %(quarantined)s AND discarded_at IS NOT NULL;
