-- Note how far a pass has come, unless another process was faster.
UPDATE scrub_pass
   SET after_instance_ref = %(after)s,
       instances = instances + %(instances)s,
       bytes = bytes + %(bytes)s,
       damaged = damaged + %(damaged)s
 WHERE scrub_pass_ref = %(scrub_pass)s AND after_instance_ref = %(before)s;
