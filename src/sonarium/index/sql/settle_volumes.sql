-- Note volumes in which every blob is indexed; a replay passes over them.
INSERT INTO settled_volume (volume)
SELECT unnest(%(volumes)s::text[])
    ON CONFLICT (volume) DO NOTHING;
