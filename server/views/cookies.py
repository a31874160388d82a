"""The two cookies: the session, for the eyes of the server alone, and the language."""

from starlette.requests import Request
from starlette.responses import Response

from server import settings
from server.kit.messages import LOCALES

SESSION = "session"
LOCALE = "locale"
A_YEAR = 365 * 24 * 3600


def is_secure(request: Request) -> bool:
    """Whether the browser came over TLS: then the cookie binds to this host alone (`__Host-`)."""
    return request.url.scheme == "https" or settings.load().secure_cookies


def session_name(request: Request) -> str:
    return f"__Host-{SESSION}" if is_secure(request) else SESSION


def session_key(request: Request) -> str:
    """The key that the browser holds, or ""."""
    return request.cookies.get(session_name(request), "")


def keep_session(request: Request, response: Response, key: str) -> None:
    response.set_cookie(session_name(request), key, httponly=True, secure=is_secure(request), samesite="lax")


def forget_session(request: Request, response: Response) -> None:
    response.delete_cookie(session_name(request), httponly=True, secure=is_secure(request), samesite="lax")


def keep_detour(request: Request, response: Response, kept: str) -> None:
    """While the browser is at the identity provider, which sends it back from another site: hence lax."""
    name, secure = named(request, DETOUR), is_secure(request)
    response.set_cookie(name, kept, max_age=DETOUR_SECONDS, httponly=True, secure=secure, samesite="lax")


def detour(request: Request) -> str:
    return request.cookies.get(named(request, DETOUR), "")


def forget_detour(request: Request, response: Response) -> None:
    response.delete_cookie(named(request, DETOUR), httponly=True, secure=is_secure(request), samesite="lax")


def locale(request: Request) -> str:
    """The language chosen on a page, or ""."""
    chosen = request.cookies.get(LOCALE, "")
    return chosen if chosen in LOCALES else ""


def keep_locale(request: Request, response: Response, chosen: str) -> None:
    response.set_cookie(LOCALE, chosen, max_age=A_YEAR, secure=is_secure(request), samesite="lax")
