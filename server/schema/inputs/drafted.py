"""GraphQL inputs made from the drafts of the operations, so that a field is declared once."""

from dataclasses import MISSING
from types import UnionType
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union, cast, get_args, get_origin

import strawberry

from server.kit.drafts import Draft

D = TypeVar("D", bound=Draft)
I = TypeVar("I", bound="Input[Any]")  # noqa: E741 - an input

DESCRIPTIONS = {
    "branch": "Code of the branch 支部编码.",
    "branch_type": "Only for a branch, which needs one 支部类型.",
    "code": "Stable code 编码, such as HG-YJ-01.",
    "community_type": "Only for a community 社区类型.",
    "cycle": "Code of the cycle 周期编码, such as 2026-Q4.",
    "done_on": "The day on which it was done 完成日期.",
    "established_on": "Today if left out 成立日期.",
    "expected_version": "The version that the change was made from 版本; another one now is a CONFLICT.",
    "expected_root": "The root that was seen before 此前看到的根摘要; another one now is a CONFLICT.",
    "id": "Global id 全局标识.",
    "joined_on": "The day of joining the Party 入党日期; for probationary and full members.",
    "kind": "Kind 组织类别.",
    "member": "Global id of the member 党员.",
    "name": "Name 名称.",
    "organization": "Code of the organization 组织编码.",
    "parent": "Code of the organization directly above 上级组织编码.",
    "party_body": "The Party body that leads a place 党组织类型.",
    "party_name": "Name of the Party body that leads a place 党组织名称; left out in a change, it stays.",
    "reason": "Why 原因.",
    "remark": "The reviewer's remark 审核意见; a return needs one.",
    "sector": "Only for a branch, which needs one 领域.",
    "since": "The first day in the branch 起始日期; today if left out.",
    "stage": "Stage 发展阶段.",
    "summary": "What was done 完成情况.",
    "verdict": "Approve or return 审核结论.",
}


class Input(Generic[D]):
    """The fields of a draft, and those that the class declares itself: what the operation is asked of."""

    model: ClassVar[type[Draft]]

    def draft(self) -> D:
        """Raises Invalid."""
        return cast(D, self.model.parse(self.given()))

    def given(self) -> dict[str, Any]:
        """The draft's fields that the client has sent."""
        values = {name: getattr(self, name) for name in self.model.model_fields}
        return {name: value for name, value in values.items() if value is not strawberry.UNSET}


def generated(cls: type[I]) -> type[I]:
    """Make the class, an `Input[SomeDraft]`, a GraphQL input."""
    (base,) = (base for base in cls.__orig_bases__ if get_origin(base) is Input)  # type: ignore[attr-defined]
    (model,) = get_args(base)
    declared = dict(cls.__annotations__)
    cls.__annotations__ = declared | {n: bare(f.annotation) for n, f in model.model_fields.items() if n not in declared}
    for name in cls.__annotations__:
        setattr(cls, name, strawberry.field(description=DESCRIPTIONS[name], default=default_of(model, name)))
    cls.model = model
    return strawberry.input(cls, description=f"What `{verb(cls)}` is asked 变更输入.")


def verb(cls: type[Input[Any]]) -> str:
    """RenameOrganizationInput → renameOrganization."""
    return cls.__name__[0].lower() + cls.__name__[1:].removesuffix("Input")


def default_of(model: type[Draft], name: str) -> Any:
    field = model.model_fields.get(name)
    if field is None or field.is_required():
        return MISSING
    return strawberry.UNSET if field.default is None else field.default


def bare(annotation: Any) -> Any:
    """The type without what pydantic is told about it."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return Union[tuple(bare(part) for part in get_args(annotation))]  # noqa: UP007 - made at run time
    return annotation
