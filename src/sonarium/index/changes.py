"""The live feed: PostgreSQL tells which study came, grew or went, as the change commits."""

STUDY_CHANGED = "sonarium_change"
"""The channel; a payload is a Study Instance UID."""
