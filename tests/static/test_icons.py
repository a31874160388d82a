"""Every icon that a template names is in the sprite."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from server.views.pages import templates

SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (Path(__file__).parents[2] / "static" / "icons.svg").read_text()))
SYMBOL_AT = {"icon": 0, "tab": 1, "told": 2, "nothing": 2}
ENVIRONMENT = templates["en"]


def constants(node: nodes.Node) -> set[str]:
    """The texts that an expression may turn out to be."""
    if isinstance(node, nodes.CondExpr):
        return constants(node.expr1) | (constants(node.expr2) if node.expr2 else set())
    return {node.value} if isinstance(node, nodes.Const) and isinstance(node.value, str) else set()


def named(tree: nodes.Template) -> set[str]:
    names: set[str] = set()
    for call in tree.find_all(nodes.Call):
        macro = str(getattr(call.node, "attr", "") or getattr(call.node, "name", ""))
        place = SYMBOL_AT.get(macro)
        if place is not None and len(call.args) > place:
            names |= constants(call.args[place])
        names |= {name for key in call.kwargs if key.key == "symbol" for name in constants(key.value)}
    return names


@pytest.mark.parametrize("name", ENVIRONMENT.list_templates())
def test_a_template_names_icons_that_exist(name: str) -> None:
    assert ENVIRONMENT.loader
    tree = ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0])
    assert named(tree) <= SPRITE


@pytest.mark.parametrize("table", ["symbols", "kinds"])
def test_every_state_and_kind_has_an_icon_that_exists(table: str) -> None:
    ui = ENVIRONMENT.globals["ui"]
    assert set(getattr(ui, table).values()) <= SPRITE
