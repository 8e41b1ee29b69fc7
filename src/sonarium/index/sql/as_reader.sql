-- Read for somebody from here on, under the policies.
SELECT set_config('role', %(role)s, true);
