"""Drafts: what a person typed, checked as a whole, every complaint by the name of its field."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from server.kit.clock import read_day
from server.kit.messages import Message, say
from server.kit.numbers import MAX_INT
from server.kit.refusals import Invalid
from server.kit.text import normal, unstorable

T = TypeVar("T")

NO_DAY = say("Give a date as year-month-day, such as 2026-11-23.")


def storable(value: object) -> object:
    """Complains of characters that the database cannot hold; other values pass."""
    if not isinstance(value, str):
        return value
    if complaint := unstorable(value):
        raise complained(complaint)
    return normal(value)


def complained(message: Message) -> PydanticCustomError:
    """For validators: an error that says `message`."""
    return PydanticCustomError("said", "{message}", {"message": message})


def single_line(value: str) -> str:
    return " ".join(value.split())


def plain_day(value: object) -> object:
    """A day as people write it to us, and nothing that only looks like one: no timestamps, no weeks."""
    if value is None or type(value) is date:
        return value
    try:
        return read_day(value) if isinstance(value, str) else None
    except ValueError:
        raise complained(NO_DAY) from None


def absent_if_blank(value: object) -> object:
    """An empty form field means nothing was given."""
    return None if isinstance(value, str) and not value.strip() else value


Text = Annotated[str, BeforeValidator(storable)]
Line = Annotated[str, BeforeValidator(storable), AfterValidator(single_line)]
Day = Annotated[date, BeforeValidator(plain_day)]
Version = Annotated[int, Field(ge=1, le=MAX_INT)]
Blank = BeforeValidator(absent_if_blank)


class Draft(BaseModel):
    """The input of an operation. `parse` takes a form or the fields of a GraphQL input."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def given(self, field: str, otherwise: T) -> T:
        """What was given for `field`, if only an empty value; `otherwise` if it was left out."""
        value: T = getattr(self, field)
        return value if field in self.model_fields_set else otherwise

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Raises Invalid with a message for every field that is wrong."""
        try:
            return cls.model_validate(dict(data))
        except ValidationError as error:
            fields = {".".join(map(str, e["loc"])): complaint(e) for e in error.errors(include_url=False)}
            raise Invalid(say("Some fields need another look."), fields) from None


def complaint(error: ErrorDetails) -> Message:
    """What is wrong with one field and how to mend it, in words that can be translated."""
    context = error.get("ctx", {})
    match error["type"]:
        case "said":
            said: Message = context["message"]
            return said
        case "string_too_short" if str(error["input"]).strip():
            return say("Write at least {limit} characters.", limit=context["min_length"])
        case "enum" | "literal_error" if not str(error["input"]).strip():
            return say("Fill this in.")
        case "missing" | "string_too_short" | "too_short" | "none_required":
            return say("Fill this in.")
        case "too_long" if not isinstance(error["input"], str):
            return say(
                "Give at most {limit}; there are {length}.",
                limit=context["max_length"],
                length=context["actual_length"],
            )
        case "string_too_long" | "too_long":
            return say(
                "Write at most {limit} characters; there are {length}.",
                limit=context["max_length"],
                length=len(str(error["input"])),
            )
        case "enum" | "literal_error":
            return say("Choose one of: {options}.", options=context["expected"].replace(" or ", ", "))
        case "less_than_equal" if context["le"] < MAX_INT:
            return say("Give {high} or less.", high=context["le"])
        case "less_than_equal" | "less_than" | "greater_than_equal" | "greater_than" | "int_parsing_size":
            return say("Give a whole number from {low} to {high}.", low=1, high=MAX_INT)
        case "extra_forbidden":
            return say("This field is not known here; remove it.")
        case kind if kind.startswith("int"):
            return say("Give a whole number.")
        case kind if kind.startswith("date"):
            return NO_DAY
        case kind if kind.startswith("string"):
            return say("Give a text.")
    return say("This value is not accepted.")
