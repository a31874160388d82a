"""The contract as its readers see it."""

import re

from server.schema import schema
from tests.conftest import Figure

OWN = [(name, kind) for name, kind in schema._schema.type_map.items() if not name.startswith("__")]
BUILT_IN = {"Query", "Mutation", "String", "Int", "Boolean", "ID", "Float"}


def bilingual(text: str | None) -> bool:
    return bool(re.search("[A-Za-z]", text or "") and re.search("[\u4e00-\u9fff]", text or ""))


def test_everything_is_described_in_english_with_the_chinese_term(figure: Figure) -> None:
    types = {name: kind.description for name, kind in OWN if name not in BUILT_IN}
    fields = {f"{name}.{key}": f.description for name, kind in OWN for key, f in getattr(kind, "fields", {}).items()}
    values = {f"{name}.{key}": v.description for name, kind in OWN for key, v in getattr(kind, "values", {}).items()}
    undescribed = [name for name, text in {**types, **fields, **values}.items() if not bilingual(text)]
    assert undescribed == []
    figure(f"{len(types)} types, {len(fields)} fields, {len(values)} values")


def test_every_list_that_grows_is_a_page() -> None:
    """A connection needs `first`; a plain list is one that the domain itself keeps short."""
    for name, kind in OWN:
        for key, field in getattr(kind, "fields", {}).items():
            if str(field.type).rstrip("!").endswith("Connection"):
                assert str(field.args["first"].type) == "Int!", f"{name}.{key}"
