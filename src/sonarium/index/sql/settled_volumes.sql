-- Which of these volumes are settled.
SELECT volume FROM settled_volume WHERE volume = ANY(%(volumes)s::text[]);
