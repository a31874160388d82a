"""GraphQL inputs made from the drafts of the operations, so that a field is declared once."""

from dataclasses import MISSING
from types import UnionType
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union, cast, get_args, get_origin

import strawberry

from server.kit.drafts import Draft

D = TypeVar("D", bound=Draft)
I = TypeVar("I", bound="Input[Any]")  # noqa: E741 - an input

DESCRIPTIONS = {
    "account": "Login of the account 登录名.",
    "at_least": "How many in each period 每期至少.",
    "address": "Where it is found, from https:// on 网址.",
    "attendance": "How many took part 参加人数.",
    "branch": "Code of the branch 支部编码.",
    "branch_type": "Only for a branch, which needs one 支部类型.",
    "closes_on": "What is owed after this day is missed 关闭日期.",
    "code": "Stable code 编码, such as HG-YJ-01.",
    "community_type": "Only for a community 社区类型.",
    "confirmation": "The name of the person, once more 再次输入姓名.",
    "copy_of": "Code of a published template of the place or above, whose words are copied 沿用的模板.",
    "cycle": "Code of the cycle 周期编码, such as 2026-Q4.",
    "delegable": "Whether the holder may pass it on for a while 可委托.",
    "done_on": "The day on which it was done 完成日期.",
    "drop_id_number": "Whether the ID number is removed 删除身份证号.",
    "drop_phone": "Whether the phone is removed 删除手机号.",
    "due_on": "What is owed after this day is late 截止日期.",
    "ends_on": "Last day of the period 结束.",
    "effective_on": "When what it shows happened 发生日期.",
    "established_on": "Today if left out 成立日期.",
    "estimated_minutes": "How long it takes once 预计用时（分钟）; left out, it is counted as not estimated.",
    "evidence_rule": "What shows that it was done 佐证规则.",
    "expected_version": "The version that the change was made from 版本; another one now is a CONFLICT.",
    "expected_root": "The root that was seen before 此前看到的根摘要; another one now is a CONFLICT.",
    "expires_on": "The last day on which it opens anything 有效期至; at most 365 days ahead.",
    "frequency": "How often 频次.",
    "grasp": "What is grasped 抓…",
    "guidance": "How 说明.",
    "handle": "Name of the session 会话标识.",
    "held_on": "The day on which it took place 开展日期.",
    "home": "Code of the place that looks after the account 所属组织编码; that of the role if left out.",
    "id": "Global id 全局标识.",
    "id_number": "ID number 身份证号: 18 characters. Left out or empty in a correction, it stays.",
    "identifier": "The part of a token between its first two underscores 令牌编号.",
    "initials": "Initials of the pinyin 拼音首字母; made from the name if left out.",
    "joined_on": "The day of joining the Party 入党日期; for probationary and full members.",
    "kind": "Kind 类别.",
    "lift": "What that lifts 提升…",
    "login": "Small letters, digits, dots and hyphens 登录名.",
    "member": "Global id of the member 党员.",
    "measures": "By number 举措.",
    "minutes_a_month": "How long checklists may keep one branch busy in a month 每月用时上限（分钟）; null: no limit.",
    "name": "Name 名称.",
    "notice": "What its source does not say 说明.",
    "number": "Number on the checklist 序号.",
    "opens_on": "The first day on which items can be filled 开放日期.",
    "organization": "Code of the place 组织编码.",
    "parent": "Code of the organization directly above 上级组织编码.",
    "party_body": "The Party body that leads a place 党组织类型.",
    "party_name": "Name of the Party body that leads a place 党组织名称; left out in a change, it stays.",
    "phone": "Phone 手机号: a mobile or a landline. Left out or empty in a correction, it stays.",
    "pinyin": "Pinyin of the name 拼音; made from the name if left out.",
    "programme": "The programme that it belongs to 工程.",
    "reason": "Why 原因.",
    "remark": "The reviewer's remark 审核意见; a return needs one.",
    "required": "Whether nothing can be submitted without it 是否必需.",
    "role": "Role 角色.",
    "scopes": "What the token may be used for 权限; ORGANIZATIONS_READ always.",
    "second_factor_off": "Take the second factor off as well 同时解除动态码.",
    "sector": "Sector of branches 领域; a branch needs one, nothing else has one.",
    "since": "The first day 起始日期; today if left out.",
    "stage": "Stage 发展阶段.",
    "starts_on": "First day of the period 开始.",
    "summary": "What was done 完成情况.",
    "text": "What is to be done 内容.",
    "themes": "All of them, in order 主题; what is left out is removed.",
    "title": "Title 标题.",
    "topic": "Topic of the records 主题词.",
    "template": "Code of the template 清单模板编码; the newest published version counts.",
    "trusted_documents_only": "Whether it may send registered documents and nothing else 仅限已登记查询.",
    "until": "The last day 截止日期.",
    "verdict": "Approve or return 审核结论.",
    "without": "Codes of the branches that are left out 不纳入的支部.",
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
        return {name: plain(value) for name, value in values.items() if value is not strawberry.UNSET}


def plain(value: Any) -> Any:
    """What inputs hold inside one another, as a draft reads it."""
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.given() if isinstance(value, Input) else value


def generated(cls: type[I]) -> type[I]:
    """Make the class, an `Input[SomeDraft]`, a GraphQL input."""
    (base,) = (base for base in cls.__orig_bases__ if get_origin(base) is Input)  # type: ignore[attr-defined]
    (model,) = get_args(base)
    declared = dict(cls.__annotations__)
    cls.__annotations__ = declared | {n: bare(f.annotation) for n, f in model.model_fields.items() if n not in declared}
    for name in cls.__annotations__:
        setattr(cls, name, strawberry.field(description=DESCRIPTIONS[name], default=default_of(model, name)))
    cls.model = model
    return strawberry.input(cls, description=cls.__doc__ or f"What `{verb(cls)}` is asked 变更输入.")


def verb(cls: type[Input[Any]]) -> str:
    """RenameOrganizationInput → renameOrganization."""
    return cls.__name__[0].lower() + cls.__name__[1:].removesuffix("Input")


def default_of(model: type[Draft], name: str) -> Any:
    field = model.model_fields.get(name)
    if field is None or field.is_required():
        return MISSING
    return strawberry.UNSET if field.default is None or isinstance(field.default, Draft | tuple) else field.default


def bare(annotation: Any) -> Any:
    """The type without what pydantic is told about it."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return Union[tuple(bare(part) for part in get_args(annotation))]  # noqa: UP007 - made at run time
    return annotation
