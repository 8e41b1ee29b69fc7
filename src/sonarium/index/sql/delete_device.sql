-- Forget an application entity.
DELETE FROM device WHERE ae_title = %(ae_title)s;
