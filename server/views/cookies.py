"""The cookies: the session, the known browser and the visitor, for the eyes of the server alone; the language."""

import re

from starlette.requests import Request
from starlette.responses import Response

from server import settings
from server.kit.messages import LOCALES

SESSION = "session"
DEVICE = "device"
KEY = re.compile("[0-9a-f]{64}")
VISITOR = "visitor"
DETOUR = "detour"
DETOUR_SECONDS = 600
LOCALE = "locale"
A_YEAR = 365 * 24 * 3600


def is_secure(request: Request) -> bool:
    """Whether the browser came over TLS: then the cookie binds to this host alone (`__Host-`)."""
    return request.url.scheme == "https" or settings.load().secure_cookies


def session_name(request: Request) -> str:
    return bound(request, SESSION)


def bound(request: Request, name: str) -> str:
    return f"__Host-{name}" if is_secure(request) else name


def session_key(request: Request) -> str:
    """The key that the browser holds, or ""."""
    return request.cookies.get(session_name(request), "")


def device_key(request: Request) -> str:
    """By what the browser is known again, or ""."""
    key = request.cookies.get(bound(request, DEVICE), "")
    return key if KEY.fullmatch(key) else ""


def keep_session(request: Request, response: Response, key: str) -> None:
    response.set_cookie(session_name(request), key, httponly=True, secure=is_secure(request), samesite="lax")


def keep_device(request: Request, response: Response, key: str) -> None:
    secure = is_secure(request)
    response.set_cookie(bound(request, DEVICE), key, max_age=A_YEAR, httponly=True, secure=secure, samesite="lax")


def forget_session(request: Request, response: Response) -> None:
    response.delete_cookie(session_name(request), httponly=True, secure=is_secure(request), samesite="lax")


def visitor(request: Request) -> str:
    """The random value of a browser that has not signed in, or ""."""
    return request.cookies.get(bound(request, VISITOR), "")


def keep_visitor(request: Request, response: Response, value: str) -> None:
    response.set_cookie(bound(request, VISITOR), value, httponly=True, secure=is_secure(request), samesite="lax")


def keep_detour(request: Request, response: Response, kept: str) -> None:
    """While the browser is at the identity provider, which sends it back from another site: hence lax."""
    name, secure = bound(request, DETOUR), is_secure(request)
    response.set_cookie(name, kept, max_age=DETOUR_SECONDS, httponly=True, secure=secure, samesite="lax")


def detour(request: Request) -> str:
    return request.cookies.get(bound(request, DETOUR), "")


def forget_detour(request: Request, response: Response) -> None:
    response.delete_cookie(bound(request, DETOUR), httponly=True, secure=is_secure(request), samesite="lax")


def locale(request: Request) -> str:
    """The language chosen on a page, or ""."""
    chosen = request.cookies.get(bound(request, LOCALE), "")
    return chosen if chosen in LOCALES else ""


def keep_locale(request: Request, response: Response, chosen: str) -> None:
    response.set_cookie(
        bound(request, LOCALE), chosen, max_age=A_YEAR, httponly=True, secure=is_secure(request), samesite="lax"
    )
