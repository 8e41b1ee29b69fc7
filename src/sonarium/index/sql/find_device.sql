-- One application entity.
SELECT ae_title, host, port, tls, description, may, calls_from, certificate, departments,
       department
  FROM device
 WHERE ae_title = %(ae_title)s;
