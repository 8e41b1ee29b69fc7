-- How far the chain was handed to a target.
SELECT sequence FROM audit_forwarded WHERE target = %(target)s;
