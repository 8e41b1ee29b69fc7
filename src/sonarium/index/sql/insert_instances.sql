-- Add instances and return those that were not there.
INSERT INTO instance (
       sop_instance_uid, series_ref, sop_class_uid, transfer_syntax_uid, instance_number,
       number_of_frames, blob_key, data_set_offset, data_set_length, sha256, source,
       received_at, attributes, packed_header, packed_frames)
SELECT new.*
  FROM unnest(
       %(uids)s::text[], %(series)s::bigint[], %(sop_classes)s::text[],
       %(transfer_syntaxes)s::text[], %(numbers)s::int[], %(frames)s::int[],
       %(blob_keys)s::text[], %(offsets)s::bigint[], %(lengths)s::bigint[],
       %(digests)b::bytea[], %(sources)s::jsonb[], %(received)s::timestamptz[],
       %(attributes)s::jsonb[], %(headers)b::bytea[], %(frame_indexes)b::bytea[]) AS new
 ORDER BY 1
    ON CONFLICT (sop_instance_uid) DO NOTHING
RETURNING sop_instance_uid;
