"""What can be asked of members in one statement; whoever is read is noted."""

from server.models.members import Membership
from server.queries.organizations.shapes import NAMED, ROSTER_EDGE, ROSTER_ORDER, AsOf
from server.queries.shapes.parameters import Argument, code
from server.queries.shapes.shape import Field, Page, Place, Shape, day, key, number, text, word

HOLDS = (
    "{t}.valid_from <= {day} AND ({t}.valid_to IS NULL OR {t}.valid_to > {day})"
    " AND {t}l.valid_from <= {day} AND ({t}l.valid_to IS NULL OR {t}l.valid_to > {day})"
)
SHAPES = {
    "Member": Shape(
        "membership {t} JOIN member {t}m ON {t}m.id = {t}.member_id JOIN organization {t}b ON {t}b.id = {t}.branch_id"
        " JOIN placement {t}l ON {t}l.organization_id = {t}.branch_id",
        {
            "id": key("Member", "{t}m.id"),
            "name": text("{t}m.name"),
            "stage": word("{t}m.stage"),
            "standing": word("{t}m.standing"),
            "joined_on": day("{t}m.joined_on"),
            "phone_masked": text("nullif({t}m.phone_masked, '')"),
            "id_number_masked": text("nullif({t}m.id_number_masked, '')"),
            "origin": word("{t}m.origin"),
            "erased_on": day("{t}m.erased_on"),
            "version": number("{t}m.version"),
        },
        Membership,
        (Place("{t}l.path"), Place("{t}b.path", today=True)),
        holds=HOLDS,
        notes="{t}m.id",
    )
}
"""Where the branch lay on the day, and where it lies today: whoever has lost it reads nothing of its people."""

ROOTS: dict[str, Field] = {
    "members": Page(
        ("Member",),
        "",
        ROSTER_ORDER,
        edge=ROSTER_EDGE,
        optional={"within": "{t}l.path >= {within} AND {t}l.path < left({within}, -1) || '0'"},
        lookups={"within": NAMED},
        as_of=AsOf(),
        parameters={"code": Argument("within", read_as=code)},
    )
}
