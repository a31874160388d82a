"""Acts on templates."""

from server.operations.templates.acts import draft, publish, publish_whole, retire, revise, write
from server.operations.templates.drafts import (
    MeasureDraft,
    NewTemplate,
    Publish,
    Retire,
    RuleDraft,
    ThemeDraft,
    Whole,
    Write,
    loosely,
)

__all__ = [
    "MeasureDraft",
    "NewTemplate",
    "Publish",
    "Retire",
    "RuleDraft",
    "ThemeDraft",
    "Whole",
    "Write",
    "draft",
    "loosely",
    "publish",
    "publish_whole",
    "retire",
    "revise",
    "write",
]
