"""What a resolver knows of its request: who asks, in which language, and what has been loaded for it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, Concatenate, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from server.access.actor import Actor
from server.kit.messages import say
from server.kit.refusals import Unauthenticated

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Question = Callable[Concatenate[Actor, Sequence[K], ...], Awaitable[Mapping[K, V]]]
"""Answers for many keys at once, each of them by its key."""


class Context:
    def __init__(self, actor: Actor, locale: str) -> None:
        self.whoever = actor
        self.locale = locale
        self.compiles = True
        """Whether a read may be answered by one statement; the resolvers say the same."""
        self.loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    @property
    def actor(self) -> Actor:
        """Raises Unauthenticated for whoever has not signed in."""
        if not self.whoever.is_signed_in:
            raise Unauthenticated(say("Sign in first."))
        return self.whoever

    def forget(self) -> None:
        """What was loaded may be true no longer."""
        self.loaders.clear()

    async def ask(self, question: Question[K, V], key: K, *rest: Hashable) -> V:
        """What `question(actor, keys, *rest)` says of `key`: asked once for all that a level of the answer wants."""
        name = (question, rest)
        if name not in self.loaders:
            self.loaders[name] = self.loader(question, *rest)
        loading = self.loaders[name].load(key)
        answer: V = await asyncio.shield(loading)  # a field that is given up takes no other answer along
        return answer

    async def ask_all(self, question: Question[K, V], keys: Sequence[K], *rest: Hashable) -> list[V]:
        return await asyncio.gather(*(self.ask(question, key, *rest) for key in keys))

    def loader(self, question: Question[K, V], *rest: Hashable) -> DataLoader[K, V]:
        async def fetch(keys: list[K]) -> list[V]:
            answers = await question(self.actor, keys, *rest)
            return [answers[key] for key in keys]

        return DataLoader(fetch)


Info = strawberry.Info[Context, None]
