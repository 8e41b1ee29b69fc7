-- Judge an emergency of somebody else, once.
UPDATE access_grant
   SET reviewed_at = now(), reviewed_by = %(by)s, verdict = %(verdict)s, remark = %(remark)s
  FROM person
 WHERE person.person_ref = access_grant.person_ref
   AND access_grant.grant_ref = %(grant_ref)s
   AND access_grant.reason = 'break_glass'
   AND access_grant.reviewed_at IS NULL
   AND person.user_name <> %(by)s;
