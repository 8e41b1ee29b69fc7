-- Note that a pass has seen everything.
UPDATE scrub_pass SET finished_at = now() WHERE scrub_pass_ref = %(scrub_pass)s;
