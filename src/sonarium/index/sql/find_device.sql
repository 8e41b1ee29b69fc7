-- One application entity.
SELECT ae_title, host, port, tls, description FROM device WHERE ae_title = %(ae_title)s;
