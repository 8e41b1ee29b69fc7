-- pre: what a person decided about an object that was set aside.
ALTER TABLE quarantine ADD COLUMN discarded_at timestamptz;
ALTER TABLE quarantine ADD COLUMN discarded_by text NOT NULL DEFAULT '';
CREATE INDEX quarantine_discarded_idx ON quarantine (discarded_at) WHERE discarded_at IS NOT NULL;
