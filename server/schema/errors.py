"""Errors as the client sees them: a code, the fields, the reader's language; what is unexpected stays inside."""

import logging
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from server.kit.messages import Message, say, translate
from server.kit.refusals import Conflict, Refusal
from server.schema.guard import too_deep

log = logging.getLogger("qiangji")

INTERNAL = say("The program met something that it did not expect. Tell whoever runs it the requestId.")


def shown(error: GraphQLError, locale: str, request_id: str) -> dict[str, Any]:
    """One entry of `errors`."""
    answer = explained(cause(error), error.message, locale, request_id)
    if error.locations:
        answer["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        answer["path"] = error.path
    return answer


def cause(error: BaseException) -> BaseException | None:
    """What a resolver raised; None for what graphql-core itself objects to in a request."""
    while isinstance(error, GraphQLError):
        if error.original_error is None:
            return None
        error = error.original_error
    return error


def explained(error: BaseException | None, text: str, locale: str, request_id: str) -> dict[str, Any]:
    """The message and the extensions for `error`; `text` is the message if there is none."""
    match error:
        case Refusal():
            return refused(error, locale, request_id)
        case None:
            return {"message": text, "extensions": {"code": "INVALID", "requestId": request_id}}
        case RecursionError():
            return refused(too_deep(), locale, request_id)
    log.error("failed", extra={"request_id": request_id}, exc_info=error)
    return {"message": translate(locale, INTERNAL), "extensions": {"code": "INTERNAL", "requestId": request_id}}


def refused(refusal: Refusal, locale: str, request_id: str) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": refusal.code}
    if refusal.fields:
        extensions["fields"] = translated(refusal.fields, locale)
    if isinstance(refusal, Conflict):
        extensions["version"] = refusal.version
    return {"message": translate(locale, refusal.message), "extensions": extensions | {"requestId": request_id}}


def translated(fields: Mapping[str, Message], locale: str) -> dict[str, str]:
    return {spelled(name): translate(locale, message) for name, message in fields.items()}


def spelled(field: str) -> str:
    """As GraphQL spells it: done_on → doneOn."""
    return ".".join(to_camel_case(part) for part in field.split("."))
