"""Settings of what we open towards other systems."""

from pydantic import BaseModel, Field


class StorageSCUSettings(BaseModel, frozen=True, extra="forbid"):
    """How we send instances to other application entities."""

    maximum_contexts: int = Field(default=128, ge=2, le=128)
    """Most presentation contexts in one association; more instances take several."""
