-- Every known application entity.
SELECT ae_title, host, port, tls, description, may, calls_from, certificate, departments,
       department
  FROM device
 ORDER BY ae_title;
