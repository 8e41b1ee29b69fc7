-- Let a damaged instance use a sound copy of the same bytes; returns the key of the old blob.
  WITH damaged AS (
SELECT instance_ref, blob_key
  FROM instance
 WHERE sop_instance_uid = %(sop_instance_uid)s
   AND sha256 = %(sha256)b
   AND damaged_at IS NOT NULL
   AND blob_key <> %(blob_key)s
   FOR UPDATE
)
UPDATE instance
   SET blob_key = %(blob_key)s,
       data_set_offset = %(data_set_offset)s,
       data_set_length = %(data_set_length)s,
       damaged_at = NULL
  FROM damaged
 WHERE instance.instance_ref = damaged.instance_ref
RETURNING damaged.blob_key;
