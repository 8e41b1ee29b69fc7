-- Add an application entity, or change where it is reached.
INSERT INTO device (ae_title, host, port, tls, description)
VALUES (%(ae_title)s, %(host)s, %(port)s, %(tls)s, %(description)s)
    ON CONFLICT (ae_title) DO UPDATE
   SET host = excluded.host, port = excluded.port, tls = excluded.tls,
       description = excluded.description;
