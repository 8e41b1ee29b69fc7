-- Forget the knocks of one AE title, which is known now, and those of long ago.
DELETE FROM knock
 WHERE ae_title = %(ae_title)s OR last_at < now() - interval '30 days';
