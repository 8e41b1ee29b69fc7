-- Every application entity that we may call.
SELECT ae_title, host, port, tls, description FROM device ORDER BY ae_title;
