-- Note that nobody needs an object that was set aside; it stays for a while.
UPDATE quarantine
   SET discarded_at = now(), discarded_by = %(by)s
 WHERE quarantine_ref = %(quarantined)s AND discarded_at IS NULL;
