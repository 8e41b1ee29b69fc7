-- Forget old changes; served by change_age_idx.
DELETE FROM change WHERE changed_at < %(before)s;
