-- Be the archive again, which owns the tables.
SELECT set_config('role', 'none', true);
