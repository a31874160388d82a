"""Whoever is acting."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Self

from server.kit.messages import say
from server.kit.paths import ROOT
from server.kit.refusals import Forbidden
from server.vocabulary import Role, TokenScope


@dataclass(frozen=True)
class Grant:
    """A role at a place of the tree; it reaches everything below."""

    role: Role
    organization_id: int
    path: str
    place: str = ""


@dataclass(frozen=True)
class Client:
    """What asks for an actor: the address, the family of the browser, and the key by which it is known again."""

    address: str = ""
    agent: str = ""
    device: str = field(default="", repr=False)


class Demand(Enum):
    """What an account has to do before it may do anything else."""

    SECOND_FACTOR = auto()
    PASSWORD = auto()


REASONS = {
    Demand.SECOND_FACTOR: say("Your role needs a second factor; set it up under “My account” first."),
    Demand.PASSWORD: say("Your password is too old; change it under “My account” first."),
}


class Demanded(Forbidden):
    def __init__(self, demand: Demand) -> None:
        super().__init__(REASONS[demand])
        self.demand = demand


@dataclass(frozen=True)
class Actor:
    """One account, the grants that hold today, and the request that it makes. No account id: the installation."""

    account_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    token_id: str = ""
    request_id: str = ""
    locale: str = ""
    is_demonstration: bool = False
    scopes: frozenset[TokenScope] | None = None
    """What the token may be used for; None: no token, so whatever the roles allow."""
    trusted_documents_only: bool = False
    """Whether the token may send registered GraphQL documents and nothing else."""
    session: str = ""
    """The handle of the session."""
    demand: Demand | None = None
    client: Client = Client()

    @classmethod
    def installation(cls) -> Self:
        """Who sets a new street up from the command line, before there is any account."""
        return cls(None, "installation", (Grant(Role.STREET_ADMIN, 0, ROOT), Grant(Role.SECURITY_ADMIN, 0, ROOT)))

    @classmethod
    def anonymous(cls, request_id: str = "", client: Client = Client()) -> Self:
        """Who has not signed in: reaches nothing."""
        return cls(None, "anonymous", request_id=request_id, client=client)

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None
