-- Add an application entity, or change where it is reached and what it may do.
INSERT INTO device (ae_title, host, port, tls, description, may, calls_from, certificate,
                    departments, department, department_folded)
VALUES (%(ae_title)s, %(host)s, %(port)s, %(tls)s, %(description)s, %(may)s, %(calls_from)s,
        %(certificate)s, %(departments)s, %(department)s, %(department_folded)s)
    ON CONFLICT (ae_title) DO UPDATE
   SET host = excluded.host, port = excluded.port, tls = excluded.tls,
       description = excluded.description, may = excluded.may,
       calls_from = excluded.calls_from, certificate = excluded.certificate,
       departments = excluded.departments, department = excluded.department,
       department_folded = excluded.department_folded;
