-- pre: a program may say of which department it is, as a device may. What it sends without naming
-- one is of that department, until an object names another.
ALTER TABLE api_client ADD COLUMN department text NOT NULL DEFAULT '';
