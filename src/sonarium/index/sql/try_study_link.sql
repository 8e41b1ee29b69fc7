-- Use the code of a link that holds: counted whether or not it fits, and never more than so often.
UPDATE study_link
   SET attempts = attempts + 1,
       visit_hash = CASE WHEN code_hash = %(code)s::bytea THEN %(visit)s::bytea ELSE visit_hash END,
       opened = opened + (code_hash = %(code)s::bytea)::integer,
       opened_at = CASE WHEN code_hash = %(code)s::bytea THEN now() ELSE opened_at END,
       code_hash = CASE WHEN code_hash = %(code)s::bytea OR attempts + 1 >= %(most)s THEN NULL
                        ELSE code_hash END
 WHERE secret_hash = %(secret)s AND code_hash IS NOT NULL AND attempts < %(most)s
   AND revoked_at IS NULL AND expires_at > now()
RETURNING visit_hash IS NOT DISTINCT FROM %(visit)s::bytea AS is_open,
          (SELECT study_instance_uid FROM study WHERE study.study_ref = study_link.study_ref);
