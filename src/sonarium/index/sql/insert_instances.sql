-- Add instances and return those that were not there.
INSERT INTO instance (
       sop_instance_uid, series_ref, sop_class_uid, transfer_syntax_uid, instance_number,
       number_of_frames, blob_key, data_set_offset, data_set_length, sha256, source,
       received_at, attributes, packed_header, packed_frames)
SELECT sop_instance_uid, series_ref, sop_class_uid, transfer_syntax_uid, instance_number,
       number_of_frames, blob_key, data_set_offset, data_set_length, sha256, source::jsonb,
       received_at, attributes::jsonb, packed_header, packed_frames
  FROM unnest(
       %(uids)b::text[], %(series)b::bigint[], %(sop_classes)b::text[],
       %(transfer_syntaxes)b::text[], %(numbers)b::int[], %(frames)b::int[],
       %(blob_keys)b::text[], %(offsets)b::bigint[], %(lengths)b::bigint[],
       %(digests)b::bytea[], %(sources)b::text[], %(received)b::timestamptz[],
       %(attributes)b::text[], %(headers)b::bytea[], %(frame_indexes)b::bytea[])
       AS new (sop_instance_uid, series_ref, sop_class_uid, transfer_syntax_uid,
       instance_number, number_of_frames, blob_key, data_set_offset, data_set_length, sha256,
       source, received_at, attributes, packed_header, packed_frames)
    ON CONFLICT (sop_instance_uid) DO NOTHING
RETURNING sop_instance_uid;
