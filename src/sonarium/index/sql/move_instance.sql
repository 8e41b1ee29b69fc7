-- Let an instance use another blob of the same bytes; nothing where it no longer has the old one.
UPDATE instance
   SET blob_key = %(blob_key)s, data_set_offset = %(data_set_offset)s
 WHERE instance_ref = %(instance)s AND blob_key = %(old_key)s
RETURNING instance_ref;
