-- Add new instances to the counts of their series.
UPDATE series
   SET number_of_instances = number_of_instances + new.instances,
       version = version + 1
  FROM unnest(%(series)s::bigint[], %(instances)s::int[]) AS new (series_ref, instances)
 WHERE series.series_ref = new.series_ref;
