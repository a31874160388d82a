"""Enumerators that carry their own names in Chinese and English."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A word of a closed list: the value that is stored, and its label in both languages."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.zh, term.en = zh, en
        return term

    def label(self, locale: str) -> str:
        return self.zh if locale == "zh" else self.en
