"""The facts of the demonstration street, as its file states them."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("henggang.yaml")


class Fact(BaseModel):
    """A fact with its origin; `p` are paragraphs of the founding article."""

    model_config = ConfigDict(extra="ignore")

    code: str
    name: str
    origin: str
    p: list[int] = []
    note: str = ""


class Community(Fact):
    party_name: str
    type: str


class ResidentGroup(Fact):
    community: str


class Branch(Fact):
    parent: str
    type: str
    sector: str


class Street(Fact):
    """The street itself and everything in the file that this program knows how to hold."""

    party_name: str
    party_body: str
    communities: list[Community]
    resident_groups: list[ResidentGroup]
    branches: list[Branch]
    checklist_template: dict[str, Any]


@cache
def read() -> Street:
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Street.model_validate(document | document["street"])


def source(fact: Fact) -> str:
    """Where the fact is found: "¶14 ¶15" of the article, or the day of the public notice."""
    return "2022-03-11" if fact.origin == "PUBLIC" else paragraphs(fact.p)


def paragraphs(numbers: list[int]) -> str:
    return " ".join(f"¶{number}" for number in numbers)
