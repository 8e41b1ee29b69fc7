"""Settings of the DICOM application entity."""

from datetime import timedelta

from pydantic import Field

from sonarium.domain.device import UnknownCallers
from sonarium.net.settings import DimseNetSettings


class DimseSettings(DimseNetSettings, frozen=True, extra="forbid"):
    """Our DICOM application entity and its listener."""

    ae_title: str = Field(default="SONARIUM", min_length=1, max_length=16)
    """Our AE title (PS3.5 6.2); calls to another title are refused."""
    any_called_ae_title: bool = False
    """Answer to every called AE title, for devices that cannot be told ours."""
    unencrypted_network: bool = False
    """Listen beyond this machine without TLS: for scanners that cannot encrypt, on a network
    that nobody else reaches."""
    unknown_callers: UnknownCallers = UnknownCallers.REFUSED
    """Callers that no device matches by AE title, address and certificate; those refused are
    listed as knocking."""
    unknown_sop_classes: bool = True
    """Take objects of SOP classes that are private, or newer than our dictionary."""
    unknown_transfer_syntaxes: bool = True
    """Take objects in transfer syntaxes that are private, or newer than our dictionary."""
    relational_by_default: bool = False
    """Treat every query and retrieval as relational, also where extended negotiation did not
    ask for it (PS3.4 C.5); false: a missing unique key is refused, as the standard demands."""
    maximum_identifier_length: int = Field(default=1024 * 1024, ge=4096)
    """Longest identifier of a query or retrieval, in bytes."""
    maximum_identifier_keys: int = Field(default=1024, ge=16)
    """Most attributes in an identifier, those inside sequences included."""
    maximum_identifier_values: int = Field(default=10_000, ge=1)
    """Most values of one key, such as the UIDs of a list."""
    maximum_commitment_length: int = Field(default=4 * 1024 * 1024, ge=4096, le=4 * 1024 * 1024)
    """Longest storage commitment request, in bytes."""
    maximum_commitment_references: int = Field(default=20_000, ge=1)
    """Most instances in one storage commitment request."""
    maximum_matches: int = Field(default=100_000, ge=1)
    """Most matches of one C-FIND; a query with more fails with A700 after that many."""
    query_timeout: timedelta = timedelta(seconds=60)
    """For the index to answer one query."""
    pending_interval: timedelta = timedelta(milliseconds=100)
    """The least time between two Pending responses that tell how a retrieval goes."""
    release_wait: timedelta = timedelta(seconds=10)
    """How long a release waits until what the association stored can be found."""
    commitment_pause: timedelta = timedelta(milliseconds=250)
    """How long a storage commitment report waits on its own association: a requestor that
    is about to release gets it on a new association instead."""
