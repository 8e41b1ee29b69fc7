-- Note that an unknown caller was refused; strangers fill no more than so many rows.
INSERT INTO knock (ae_title, address, certificate, times)
SELECT %(ae_title)s, %(address)s, %(certificate)s, %(times)s
 WHERE (SELECT count(*) FROM knock) < %(most)s
    OR EXISTS (SELECT FROM knock
                WHERE ae_title = %(ae_title)s AND address = %(address)s
                  AND certificate = %(certificate)s)
    ON CONFLICT (ae_title, address, certificate) DO UPDATE
   SET times = knock.times + excluded.times, last_at = now();
