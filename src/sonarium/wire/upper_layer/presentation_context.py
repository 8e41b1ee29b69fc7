"""What is proposed and answered for each presentation context (PS3.8 9.3.2.2, 9.3.3.2)."""

from dataclasses import dataclass
from enum import IntEnum


class ContextResult(IntEnum):
    """Result/Reason of an answered presentation context (PS3.8 Table 9-18)."""

    ACCEPTANCE = 0
    USER_REJECTION = 1
    NO_REASON = 2
    ABSTRACT_SYNTAX_NOT_SUPPORTED = 3
    TRANSFER_SYNTAXES_NOT_SUPPORTED = 4


@dataclass(frozen=True, slots=True)
class ProposedContext:
    """One abstract syntax and the transfer syntaxes it may be sent in."""

    context_id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnsweredContext:
    """The acceptor's word on one proposed context; `transfer_syntax` counts only if accepted."""

    context_id: int
    result: ContextResult
    transfer_syntax: str = ""
