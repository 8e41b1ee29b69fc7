-- pre: objects that lie open, from before objects were sealed; none where all are.
CREATE INDEX instance_open_idx ON instance (instance_ref) WHERE NOT starts_with(blob_key, 'e');
