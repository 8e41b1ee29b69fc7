-- Unknown callers that were refused, the latest first.
SELECT ae_title, address, certificate, times, first_at, last_at
  FROM knock
 ORDER BY last_at DESC, ae_title, address, certificate;
