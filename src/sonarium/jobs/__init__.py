"""One handler for each kind of background work; each is idempotent and may run twice."""
