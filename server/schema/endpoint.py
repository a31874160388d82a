"""GraphQL over HTTP: JSON by POST, queries also by GET; whatever goes wrong is answered in GraphQL's own shape."""

import json
from typing import Any, cast

from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from server.kit.messages import LOCALES, Message, say
from server.kit.refusals import Refusal, TooMany
from server.schema import schema
from server.schema.compiled import Compiled
from server.schema.context import Context
from server.schema.errors import explained, shown

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"


class Unreadable(Refusal):
    """The request is not a GraphQL request at all."""

    code, status = "INVALID", 400


class WrongMethod(Unreadable):
    status = 405


class WrongMediaType(Unreadable):
    status = 415


class BodyTooLarge(Unreadable):
    status = 413


class Endpoint(GraphQL[Context, None]):
    def __init__(self) -> None:
        super().__init__(schema, graphql_ide=None, multipart_uploads_enabled=False, subscription_protocols=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self.run(request)
        except ClientDisconnect:
            return
        except Exception as error:
            response = await refuse_query(request, error)
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return Context(request.state.actor, request.state.locale)

    def should_render_graphql_ide(self, request: object) -> bool:
        return False

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Raises Unreadable for all that is not one operation."""
        sent = from_address(request) if request.method == "GET" else await from_body(request)
        return GraphQLRequestData(
            query=checked(sent, "query", str, say("Send the query as a text.")),
            variables=checked(sent, "variables", dict, say("Send the variables as an object.")),
            operation_name=checked(sent, "operationName", str, say("Send the name of the operation as a text.")),
            extensions=checked(sent, "extensions", dict, say("Send the extensions as an object.")),
            protocol="http",
        )

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        if isinstance(result, Compiled):
            return cast(GraphQLHTTPResponse, Written(result.text))
        answer: GraphQLHTTPResponse = {} if failed_before_execution(result) else {"data": result.data}
        if result.errors:
            state = request.state
            answer["errors"] = [shown(error, state.locale, state.request_id) for error in result.errors]
        return answer

    def encode_json(self, data: object) -> bytes:
        return encoded(data)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        response = await super().get_sub_response(request)
        response.media_type = media_type(request)
        return response

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Plain JSON is for clients that know of no status but 200."""
        failed = "data" not in response_data and sub_response.media_type == GRAPHQL_RESPONSE
        return answered(response_data, 400 if failed else 200, str(sub_response.media_type))


async def refuse_query(request: Request, error: Exception) -> Response:
    """Answer what came before the GraphQL: who asks is unknown, the request is unreadable, or something broke."""
    state = request.state
    locale, request_id = getattr(state, "locale", LOCALES[0]), getattr(state, "request_id", "")
    known = recognised(error)
    entry = explained(known, str(known), locale, request_id)
    response = answered({"errors": [entry]}, known.status if isinstance(known, Refusal) else 500, media_type(request))
    if isinstance(known, TooMany):
        response.headers["retry-after"] = str(known.seconds)
    if response.status_code == 405:
        response.headers["allow"] = "GET, POST"
    return response


def recognised(error: Exception) -> Exception:
    """What the libraries say of a request, as a refusal of ours."""
    match error:
        case HTTPException(status_code=405):
            return WrongMethod(say("Send a POST, or a GET for a query."))
        case HTTPException() if isinstance(error.__cause__, InvalidOperationTypeError):
            return WrongMethod(say("A GET can only query; send a mutation by POST."))
        case HTTPException(status_code=400, reason=reason):
            return Unreadable(say("The request names no operation that it contains: {reason}.", reason=reason))
        case StarletteHTTPException(status_code=413):
            return BodyTooLarge(say("Send at most 256 KiB."))
        case StarletteHTTPException(status_code=415):
            return WrongMediaType(say("Send the request as it is, not packed."))
    return error


# --- the request


def from_address(request: AsyncHTTPRequestAdapter) -> dict[str, Any]:
    sent: dict[str, Any] = dict(request.query_params)
    return sent | {name: decoded(sent[name]) for name in ("variables", "extensions") if sent.get(name)}


async def from_body(request: AsyncHTTPRequestAdapter) -> dict[str, Any]:
    if (request.content_type or "").split(";")[0].strip().lower() != JSON:
        raise WrongMediaType(say("Send the request as application/json."))
    sent = decoded(await request.get_body())
    if not isinstance(sent, dict):
        raise Unreadable(say("Send one JSON object with a query."))
    return sent


def decoded(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(say("This cannot be read as JSON.")) from None


def checked(sent: dict[str, Any], name: str, kind: type, complaint: Message) -> Any:
    value = sent.get(name)
    if not isinstance(value, kind | None):
        raise Unreadable(complaint, {name: complaint})
    return value


# --- the answer


def media_type(request: Request | WebSocket) -> str:
    return GRAPHQL_RESPONSE if GRAPHQL_RESPONSE in request.headers.get("accept", "") else JSON


def answered(data: object, status: int, media: str) -> Response:
    return Response(encoded(data), status, media_type=f"{media}; charset=utf-8")


class Written(dict[str, Any]):
    """An answer whose data is JSON already."""

    def __init__(self, text: str) -> None:
        super().__init__(data=None)
        self.text = text


def encoded(data: object) -> bytes:
    """UTF-8; half a surrogate pair, which has none, as JSON's escape."""
    if isinstance(data, Written):
        return b'{"data":' + data.text.encode() + b"}"
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def failed_before_execution(result: ExecutionResult) -> bool:
    """Parsing and validation say so themselves; nothing that was executed has an error without a path."""
    return isinstance(result, PreExecutionError) or (
        result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
    )
