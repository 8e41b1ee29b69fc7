-- pre: whoever looks is noted in the transaction of the look, which reads under the policies.
GRANT INSERT, SELECT (record_ref) ON audit_record TO sonarium_reader;
GRANT INSERT ON audit_waiting TO sonarium_reader;
