"""What the types of all features are made with: the glossary's words, instants, names of places, typed decorators."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import strawberry

from server import vocabulary
from server.kit.clock import read_day
from server.kit.terms import Term
from server.queries import organizations
from server.vocabulary import OrganizationKind

if TYPE_CHECKING:
    from server.models.organizations import Organization

F = TypeVar("F", bound=Callable[..., Any])


def field(description: str, instead: str | None = None) -> Callable[[F], F]:
    """Strawberry's decorator, which forgets the type of what it decorates; `instead`: why it is deprecated."""
    made: Callable[[F], F] = strawberry.field(description=description, deprecation_reason=instead)
    return made


def mutation(description: str) -> Callable[[F], F]:
    """A field that changes something: whatever was loaded for the request before it is forgotten."""

    def decorate(resolver: F) -> F:
        @wraps(resolver)
        async def run(self: Any, info: Any, **arguments: Any) -> Any:
            info.context.forget()
            return await resolver(self, info, **arguments)

        made: Any = strawberry.mutation(run, description=description)
        return cast(F, made)

    return decorate


def enumerate_term(term: type[Term], description: str, name: str | None = None) -> None:
    """Make `term` an enumeration whose values are described by their labels."""
    enum: Any = strawberry.enum(term, name=name, description=description)
    for value, word in zip(enum.__strawberry_definition__.values, term, strict=True):
        value.description = f"{word.en} {word.zh}"


for term, meaning in {
    vocabulary.AccountState: "Whether an account can come in 账号状态.",
    vocabulary.BranchType: "Types of branches 支部类型.",
    vocabulary.ChangeKind: "What became of a theme or a measure 变化.",
    vocabulary.ChecklistState: "How far a whole checklist is 清单状态.",
    vocabulary.CommunityType: "Types of communities 社区类型.",
    vocabulary.EvidenceKind: "What shows that an item was done 佐证类别.",
    vocabulary.Exclusion: "Why an item is left out of a ratio 不计入的原因.",
    vocabulary.Frequency: "How often a measure is due 频次.",
    vocabulary.ItemState: "States of an item, from nothing filled to approved 事项状态.",
    vocabulary.ItemVerb: "What moved an item 流转动作.",
    vocabulary.MembershipKind: "How a member belongs to a branch 组织关系类别.",
    vocabulary.MemberStage: "The way into the Party 发展阶段.",
    vocabulary.OrganizationKind: "Kinds of organizations 组织类别.",
    vocabulary.Origin: "Where a fact comes from 来源; SYNTHETIC is filler.",
    vocabulary.PartyBody: "The Party body that leads a place 党组织类型.",
    vocabulary.PlacementCause: "The act that began a placement 缘由.",
    vocabulary.RecordKind: "What a branch records once, and uses as evidence wherever it fits 工作记录类别.",
    vocabulary.Role: "What an account is trusted with 角色.",
    vocabulary.Sector: "Sectors of branches 领域.",
    vocabulary.Standing: "Whether a member is still on the roll 党员状态.",
    vocabulary.Timeliness: "What the clock says of what is owed 时限.",
    vocabulary.TokenScope: "What a token may be used for 令牌权限.",
    vocabulary.TokenState: "Whether a token still opens anything 令牌状态.",
    vocabulary.Verdict: "What a review ends with 审核结论.",
    vocabulary.VersionState: "A draft can be written; what is published never changes 版本状态.",
}.items():
    enumerate_term(term, meaning)


def written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


DAY = strawberry.scalar(
    name="Date",
    description="A day, such as 2026-11-23 日期.",
    serialize=date.isoformat,
    parse_value=read_day,
)

INSTANT = strawberry.scalar(
    name="DateTime",
    description="An instant in UTC, such as 2026-11-23T05:18:36.000Z 时刻.",
    serialize=written,
    parse_value=datetime.fromisoformat,
)

DOCUMENT = strawberry.scalar(
    name="JSON",
    description="Any value that JSON can hold 任意内容.",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)


@strawberry.type(description="A place by name only 地点.")
class PlaceName:
    code: str = strawberry.field(description="Code 编码.")
    name: str = strawberry.field(description="Name 名称.")
    kind: OrganizationKind = strawberry.field(description="Kind 组织类别.")

    @classmethod
    def of(cls, place: "organizations.PlaceName | Organization") -> Self:
        return cls(code=place.code, name=place.name, kind=place.kind)
