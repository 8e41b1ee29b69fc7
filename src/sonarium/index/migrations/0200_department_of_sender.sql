-- pre: a device may say of which department it is. What it sends without naming one is of that
-- department, until an object names another.
ALTER TABLE device
    ADD COLUMN department text NOT NULL DEFAULT '',
    ADD COLUMN department_folded text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE study ADD COLUMN is_department_assumed boolean NOT NULL DEFAULT false;
