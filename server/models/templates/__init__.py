"""Checklist templates: the rows, and what their wording alone decides: burden, overlap, differences."""

from server.models.templates.burden import Burden, burden
from server.models.templates.differences import (
    Differences,
    FieldChange,
    MeasureChange,
    ThemeChange,
    differences,
)
from server.models.templates.overlap import Elsewhere, Overlap, overlaps
from server.models.templates.rows import Measure, Template, TemplateVersion, Theme
from server.models.templates.wording import (
    CODE_LENGTH,
    GUIDANCE_LENGTH,
    MOST_MINUTES,
    MOST_NUMBER,
    REASON_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    WORDS_LENGTH,
    EvidenceRule,
    MeasureWords,
    ThemeWords,
    Wording,
    incomplete,
    measures_of,
)

__all__ = [
    "CODE_LENGTH",
    "GUIDANCE_LENGTH",
    "MOST_MINUTES",
    "MOST_NUMBER",
    "REASON_LENGTH",
    "TEXT_LENGTH",
    "TITLE_LENGTH",
    "WORDS_LENGTH",
    "Burden",
    "Differences",
    "Elsewhere",
    "EvidenceRule",
    "FieldChange",
    "Measure",
    "MeasureChange",
    "MeasureWords",
    "Overlap",
    "Template",
    "TemplateVersion",
    "Theme",
    "ThemeChange",
    "ThemeWords",
    "Wording",
    "burden",
    "differences",
    "incomplete",
    "measures_of",
    "overlaps",
]
