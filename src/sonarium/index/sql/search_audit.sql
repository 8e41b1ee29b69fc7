-- Records of the trail that fit, latest first; plan it for its parameters.
SELECT record_ref, content
  FROM audit_record
 WHERE (%(patient)s::text IS NULL OR patient_id = %(patient)s::text)
   AND (%(study)s::text IS NULL OR study_instance_uid = %(study)s::text)
   AND (%(actor)s::text IS NULL OR actor = %(actor)s::text)
   AND (%(address)s::text IS NULL OR address = %(address)s::text)
   AND (%(events)s::text[] IS NULL OR event = ANY (%(events)s::text[]))
   AND (NOT %(refused)s::boolean OR outcome <> 0)
   AND (%(since)s::timestamptz IS NULL OR happened_at >= %(since)s::timestamptz)
   AND (%(until)s::timestamptz IS NULL OR happened_at < %(until)s::timestamptz)
   AND (%(before_at)s::timestamptz IS NULL
        OR (happened_at, record_ref) < (%(before_at)s::timestamptz, %(before_ref)s::bigint))
 ORDER BY happened_at DESC, record_ref DESC
 LIMIT %(limit)s::bigint;
