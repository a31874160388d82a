"""What can be asked of the tree in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.access.actor import Actor
from server.models.organizations import Placement
from server.queries.organizations.tree import checked_day
from server.queries.shapes.parameters import Argument, code, word_of
from server.queries.shapes.shape import (
    Field,
    Key,
    Lookup,
    Many,
    One,
    Page,
    Place,
    Shape,
    day,
    key,
    number,
    text,
    word,
)
from server.queries.shapes.text import quoted
from server.vocabulary import MEMBERS, TEMPORARY, TYPE_CODES, MembershipKind, OrganizationKind


@dataclass(frozen=True)
class AsOf:
    """The day that is looked at: today, if none is given."""

    type: str = "date"

    def read(self, _: Actor, given: Mapping[str, Any]) -> date:
        return checked_day(given.get("as_of"))


KINDS = {
    "District": OrganizationKind.DISTRICT,
    "Street": OrganizationKind.STREET,
    "Community": OrganizationKind.COMMUNITY,
    "ResidentGroup": OrganizationKind.RESIDENT_GROUP,
    "Branch": OrganizationKind.BRANCH,
}
ANY = tuple(KINDS)
SOURCE = "placement {t} JOIN organization {t}o ON {t}o.id = {t}.organization_id"
HOLDS = "{t}.valid_from <= {day} AND ({t}.valid_to IS NULL OR {t}.valid_to > {day})"
WITHIN = "{t}.path >= {within} AND {t}.path < left({within}, -1) || '0'"
NAMED = Lookup(ANY, "{t}o.code = {code}", "{t}.path")
"""The place with the code `within`: its path."""


def among(words: Any) -> str:
    return ", ".join(sorted(quoted(each.value) for each in words))


HOME = quoted(MembershipKind.HOME.value)
CODES = " ".join(f"WHEN '{body.value}' THEN '{number}'" for body, number in TYPE_CODES.items())
MEMBER_COUNT = f"""(
    SELECT count(DISTINCT {{t}}_m.id)
      FROM (SELECT organization_id AS id FROM placement {{t}}_p
             WHERE {{t}}_p.path >= {{t}}.path AND {{t}}_p.path < left({{t}}.path, -1) || '0'
               AND {{t}}_p.valid_from <= {{day}} AND ({{t}}_p.valid_to IS NULL OR {{t}}_p.valid_to > {{day}})
            OFFSET 0) {{t}}_b
     CROSS JOIN LATERAL (SELECT member_id FROM membership {{t}}_s
                          WHERE {{t}}_s.branch_id = {{t}}_b.id AND {{t}}_s.kind = {HOME}
                            AND {{t}}_s.valid_from <= {{day}}
                            AND ({{t}}_s.valid_to IS NULL OR {{t}}_s.valid_to > {{day}}) OFFSET 0) {{t}}_h
      JOIN member {{t}}_m ON {{t}}_m.id = {{t}}_h.member_id AND {{t}}_m.stage IN ({among(MEMBERS)})
    )"""  # noqa: S608 - of constants
"""As `server.queries.members.counts` counts: each person once, at home; a number tells nothing of anybody.

OFFSET 0 keeps the order: the branches below first, then the members of each by its index.
"""


def below(*kinds: str) -> Many:
    return Many(kinds, "{t}.parent_id = {p}.organization_id", "{t}o.code")


ABOVE = (
    "{t}.organization_id = ANY (string_to_array(trim('/' FROM {p}.path), '/')::int[])"
    " AND {t}.organization_id <> {p}.organization_id"
)
ROSTER_ORDER = {"member__pinyin": Key("{t}m.pinyin"), "id": Key("{t}.id", "int")}
ROSTER_EDGE: dict[str, Field] = {
    "kind": word("{t}.kind"),
    "since": day("{t}.valid_from"),
    "branch": One(("Branch",), "{t}.organization_id = {p}.branch_id", today=True),
}
"""That a member belongs to a branch: told beside the person."""

COMMON: dict[str, Field] = {
    "code": text("{t}o.code"),
    "kind": word("{t}o.kind"),
    "name": text("{t}.name"),
    "party_name": text("{t}.party_name"),
    "party_body": word("{t}o.party_body"),
    "type_code": word(f"CASE coalesce({{t}}o.branch_type, {{t}}o.party_body) {CODES} END"),
    "established_on": day("{t}o.established_on"),
    "dissolved_on": day("{t}o.dissolved_on"),
    "origin": word("{t}o.origin"),
    "source": text("{t}o.source"),
    "note": text("{t}o.note"),
    "minutes_a_month": number("{t}o.minutes_a_month"),
    "version": number("{t}o.version"),
    "valid_from": day("{t}.valid_from"),
    "valid_to": day("{t}.valid_to"),
    "cause": word("{t}.cause"),
    "instrument_no": text("{t}.instrument_no"),
    "parent": One(ANY, "{t}.organization_id = {p}.parent_id"),
    "ancestors": Many(
        ANY,
        ABOVE,
        "length({t}.path)",
    ),
    "address": Many(
        ("PlaceName",),
        ABOVE,
        "length({t}.path)",
    ),
    "children": below(*ANY),
    "descendants": Page(
        ANY,
        "{t}.path > {p}.path AND {t}.path < left({p}.path, -1) || '0'",
        {"path": Key("{t}.path"), "id": Key("{t}.id", "int")},
    ),
    "member_count": number(MEMBER_COUNT),
    "members": Page(
        ("Member",),
        "{t}l.path >= {p}.path AND {t}l.path < left({p}.path, -1) || '0'",
        ROSTER_ORDER,
        edge=ROSTER_EDGE,
    ),
}
OWN: dict[str, dict[str, Field]] = {
    "District": {"streets": below("Street")},
    "Street": {"communities": below("Community"), "branches": below("Branch")},
    "Community": {
        "community_type": word("{t}o.community_type"),
        "resident_groups": below("ResidentGroup"),
        "branches": below("Branch"),
    },
    "ResidentGroup": {"branches": below("Branch")},
    "Branch": {
        "branch_type": word("{t}o.branch_type"),
        "sector": word("{t}o.sector"),
        "is_temporary": number(f"coalesce({{t}}o.branch_type IN ({among(TEMPORARY)}), false)"),
        "branches": below("Branch"),
        "checklists": Many(
            ("Checklist",),
            "{t}.branch_id = {p}.organization_id",
            "{t}c.starts_on DESC, {t}b.code, {t}.id",
            optional={"cycle": "{t}c.code = {cycle}"},
            parameters={"cycle": Argument("cycle", read_as=code)},
        ),
    },
}
SHAPES = {
    name: Shape(
        SOURCE,
        {"id": key(name, "{t}o.id"), **COMMON, **OWN[name]},
        Placement,
        (Place("{t}.path"),),
        kind=kind.value,
        kind_of="{t}o.kind",
        holds=HOLDS,
    )
    for name, kind in KINDS.items()
} | {
    "PlaceName": Shape(
        SOURCE, {"code": text("{t}o.code"), "name": text("{t}.name"), "kind": word("{t}o.kind")}, holds=HOLDS
    )
}
"""An organization's address is part of what it is, so a name on the way down is seen with it."""

BY_CODE = {"code": Argument("code", read_as=code)}
ROOTS: dict[str, Field] = {
    "street": One(("Street",), "{t}o.code = {code}", as_of=AsOf(), must=True, parameters=BY_CODE),
    "organization": One(ANY, "{t}o.code = {code}", as_of=AsOf(), must=True, parameters=BY_CODE),
    "organizations": Page(
        ANY,
        "",
        {"path": Key("{t}.path"), "id": Key("{t}.id", "int")},
        orders={
            "CODE": {"organization__code": Key("{t}o.code"), "id": Key("{t}.id", "int")},
            "NAME": {"pinyin": Key("{t}.pinyin"), "id": Key("{t}.id", "int")},
        },
        optional={
            "within": WITHIN,
            "kind": "{t}o.kind = {kind}",
            "branch_type": "{t}o.branch_type = {branch_type}",
            "sector": "{t}o.sector = {sector}",
        },
        lookups={"within": NAMED},
        as_of=AsOf(),
        parameters={
            "code": Argument("within", read_as=code),
            **{name: Argument(name, read_as=word_of) for name in ("kind", "branch_type", "sector")},
        },
    ),
}
"""A search goes to the resolvers."""

__all__ = ["ROOTS", "SHAPES", "AsOf"]
