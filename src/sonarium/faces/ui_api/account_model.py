"""Signing in, people and programs: the shapes behind the JSON API."""

from typing import Annotated, Self

import msgspec

from sonarium.domain.principal import Permission, Role, Scope, WayIn
from sonarium.faces.ui_api.model import UIModel
from sonarium.services.sign_in import Session

Text = Annotated[str, msgspec.Meta(max_length=256)]


class SessionState(UIModel, frozen=True):
    """Whether somebody is signed in here, and what they may do."""

    signed_in: bool
    user_name: str
    display_name: str
    roles: list[Role]
    permissions: list[Permission]
    demo: bool
    needs_set_up: bool
    """Nobody can sign in yet: `sonarium init` makes the link for the first administrator."""
    ways: list[WayIn]
    """By what this person can prove that it is them; empty where nobody is signed in."""
    takes_passkeys: bool
    """Whether passkeys work at this address: they need a name, and `localhost` is one."""
    provider: str
    """What people call the OpenID Connect provider of the site; nothing where there is none."""
    departments: list[str]
    """Where they work; `*`: in every department."""
    visited_study: str | None = None
    """The one study that this browser may look at, where somebody came by a link to it."""


class PasswordSignIn(UIModel, frozen=True, forbid_unknown_fields=True):
    """What a person types; `code` is the authenticator's, or a recovery code."""

    user_name: Text
    password: Text
    code: Text


class PasswordProof(UIModel, frozen=True, forbid_unknown_fields=True):
    """What a person who is signed in types to prove that it is still them."""

    password: Text
    code: Text


class ProviderErrand(UIModel, frozen=True, forbid_unknown_fields=True):
    """Why a browser goes to the provider."""

    prove: bool
    """To prove in a session that it is still its person; else to sign in."""


class ProviderAddress(UIModel, frozen=True):
    """Where the browser goes."""

    address: str


class LinkSecret(UIModel, frozen=True, forbid_unknown_fields=True):
    """The secret of a link of one use."""

    secret: Text


class EnrolmentOffer(UIModel, frozen=True):
    """What somebody needs to set up a sign-in; without names, the first administrator."""

    user_name: str | None
    display_name: str | None
    totp_secret: str


class AuthenticatorPicture(UIModel, frozen=True):
    """A QR code for an authenticator, as SVG."""

    svg: str


class AuthenticatorSecret(UIModel, frozen=True, forbid_unknown_fields=True):
    """What the QR code tells."""

    user_name: Text
    totp_secret: Text


class EnrolmentChoice(UIModel, frozen=True, forbid_unknown_fields=True):
    """What somebody chose, with the code that their authenticator shows now."""

    secret: Text
    user_name: Text
    display_name: Text
    password: Text
    totp_secret: Text
    code: Text


class RecoveryCodes(UIModel, frozen=True):
    """Codes for the day on which the authenticator is lost; shown once."""

    codes: list[str]


class SessionDetail(UIModel, frozen=True):
    """One place where a person is signed in; moments in UTC."""

    session_ref: int
    method: str
    address: str
    browser: str
    signed_in_at: str
    seen_at: str
    is_this: bool

    @classmethod
    def of(cls, session: Session, this: int | None = None) -> Self:
        """Show a session; `this` is the one that asks."""
        return cls(
            session_ref=session.session_ref,
            method=session.method,
            address=session.address,
            browser=session.browser,
            signed_in_at=session.signed_in_at.isoformat(),
            seen_at=session.seen_at.isoformat(),
            is_this=session.session_ref == this,
        )


class SessionList(UIModel, frozen=True):
    """Where a person is signed in, latest use first."""

    sessions: list[SessionDetail]


class PersonDetail(UIModel, frozen=True):
    """Somebody with a user name."""

    user_name: str
    display_name: str
    roles: list[Role]
    is_active: bool
    is_enrolled: bool
    ways: list[WayIn]
    created_at: str
    departments: list[str]
    """In which they work; `*`: every one."""
    physician_ids: list[str] = msgspec.field(name="physicianIDs")
    """By which studies name them, each `VALUE^SCHEME`."""


class PeopleList(UIModel, frozen=True):
    """Everybody by user name."""

    people: list[PersonDetail]


class NewPerson(UIModel, frozen=True, forbid_unknown_fields=True):
    """Somebody to add."""

    user_name: Text
    display_name: Text
    roles: list[Role]


class ChangedPerson(UIModel, frozen=True, forbid_unknown_fields=True):
    """What somebody shall be."""

    display_name: Text
    roles: list[Role]
    is_active: bool


class OneUseLink(UIModel, frozen=True):
    """A path of this site that its holder may open once; shown once."""

    path: str


class ClientDetail(UIModel, frozen=True):
    """A program that may ask for access tokens."""

    client_id: str = msgspec.field(name="clientID")
    description: str
    scopes: list[Scope]
    created_at: str
    departments: list[str]
    department: str
    """Of what it stores without naming one; empty: of none."""


class ClientList(UIModel, frozen=True):
    """Every program by its id."""

    clients: list[ClientDetail]


class NewClient(UIModel, frozen=True, forbid_unknown_fields=True):
    """A program to add."""

    client_id: Text = msgspec.field(name="clientID")
    description: Text
    scopes: list[Scope]


class ClientSecret(UIModel, frozen=True):
    """A program's secret, shown once."""

    client_id: str = msgspec.field(name="clientID")
    secret: str
