-- Take back what somebody themselves gave for this reason, once.
UPDATE access_grant SET revoked_at = now(), revoked_by = %(by)s
 WHERE grant_ref = %(grant_ref)s AND revoked_at IS NULL
   AND granted_by = %(by)s AND reason = %(reason)s;
