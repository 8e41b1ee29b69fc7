-- Keep the prepared metadata of a series.
INSERT INTO metadata_document (series_ref, version, document)
VALUES (%(series)s, %(version)s, %(document)b)
    ON CONFLICT (series_ref) DO UPDATE
   SET version = excluded.version, document = excluded.document
 WHERE metadata_document.version < excluded.version;
