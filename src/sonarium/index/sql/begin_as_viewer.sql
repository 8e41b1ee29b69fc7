-- Begin to read for somebody: under the policies, and as whom they describe, in this transaction.
SELECT set_config('role', %(role)s, true),
       set_config('sonarium.departments', %(departments)s, true),
       set_config('sonarium.physician_ids', %(physician_ids)s, true),
       set_config('sonarium.teaching', %(teaching)s, true),
       set_config('sonarium.granted', %(granted)s, true),
       set_config('sonarium.person', %(person)s, true),
       set_config('sonarium.study', %(study)s, true);
