-- How many objects of a study are kept or set aside, and when the last one arrived.
SELECT count(*)::int AS objects, max(received_at) AS last_at
  FROM (SELECT instance.received_at
          FROM study
          JOIN series USING (study_ref)
          JOIN instance USING (series_ref)
         WHERE study_instance_uid = %(study)s
         UNION ALL
        SELECT received_at FROM quarantine WHERE study_instance_uid = %(study)s) AS arrival;
