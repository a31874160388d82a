"""What a resolver knows of its request: who asks, in which language, and what has been loaded for it."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, Concatenate, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from server.access.actor import Actor
from server.kit.messages import say
from server.kit.refusals import Unauthenticated

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Ask = Callable[Concatenate[Actor, Sequence[K], ...], Awaitable[Mapping[K, V]]]
"""A question about many keys at once."""


class Context:
    def __init__(self, actor: Actor, locale: str) -> None:
        self.whoever = actor
        self.locale = locale
        self.loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    @property
    def actor(self) -> Actor:
        """Raises Unauthenticated for whoever has not signed in."""
        if not self.whoever.is_signed_in:
            raise Unauthenticated(say("Sign in first."))
        return self.whoever

    async def load(self, ask: Ask[K, V], key: K, *rest: Hashable) -> V | None:
        """What `ask(actor, keys, *rest)` says of `key`: one question for all that a level of the answer wants to know."""
        name = (ask, rest)
        if name not in self.loaders:
            self.loaders[name] = self.loader(ask, *rest)
        found: V | None = await self.loaders[name].load(key)
        return found

    def loader(self, ask: Ask[K, V], *rest: Hashable) -> DataLoader[K, V | None]:
        async def fetch(keys: list[K]) -> list[V | None]:
            found = await ask(self.actor, keys, *rest)
            return [found.get(key) for key in keys]

        return DataLoader(fetch)


Info = strawberry.Info[Context, None]
