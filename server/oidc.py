"""The way to an identity provider (OpenID Connect, code flow with PKCE); needs the extra `qiangji[oidc]`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server import settings
from server.settings import BadSettings, Settings

SIGNED_BY = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures with a public key alone: a shared secret or none at all proves nothing."""
SECONDS = 10
LEEWAY = 60
"""Seconds that the clocks of two machines may differ."""


class NoIdentity(Exception):
    """The provider does not answer as it should, or what it says is not proven; the text is for the log."""


@dataclass(frozen=True)
class Request:
    """Where to send the browser, and what has to fit when it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


def is_offered() -> bool:
    return bool(settings.load().oidc_issuer)


async def request(callback: str) -> Request:
    """Begin to ask who somebody is; the provider answers at the address `callback`. Raises NoIdentity."""
    from authlib.common.security import generate_token

    state, nonce, verifier = generate_token(43), generate_token(43), generate_token(64)
    async with client(callback) as browser:
        provider = await metadata(browser)
        address, _ = browser.create_authorization_url(
            provider["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    return Request(address, state, nonce, verifier)


async def subject(callback: str, code: str, nonce: str, verifier: str) -> str:
    """Whom the provider says that `code` stands for: "issuer#subject". Raises NoIdentity unless it is proven."""
    import httpx
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    try:
        async with client(callback) as browser:
            provider = await metadata(browser)
            token = await browser.fetch_token(provider["token_endpoint"], code=code, code_verifier=verifier)
            keys = (await browser.request("GET", provider["jwks_uri"], withhold_token=True)).raise_for_status().json()
        claims = proven(token, keys, provider["issuer"], nonce)
    except (httpx.HTTPError, AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as error:
        raise NoIdentity(type(error).__name__) from error
    return f"{claims['iss']}#{claims['sub']}"


def proven(token: Mapping[str, Any], keys: Any, issuer: str, nonce: str) -> Mapping[str, Any]:
    """The claims of the ID token: signed by the provider, for us, in answer to our question, and not expired."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry

    found = jwt.decode(
        token["id_token"],
        KeySet.import_key_set(keys),
        registry=JWSRegistry(algorithms=list(SIGNED_BY), strict_check_header=False),
    )
    ours = known().oidc_client_id
    demands = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": ours}}
    about = {"nonce": nonce, "client_id": ours, "access_token": token.get("access_token")}
    claims = CodeIDToken(found.claims, found.header, demands, about)
    claims.validate(leeway=LEEWAY)
    if not isinstance(claims["sub"], str):
        raise ValueError("sub")
    return dict(claims)


def client(callback: str) -> Any:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    ours = known()
    return AsyncOAuth2Client(
        ours.oidc_client_id,
        ours.oidc_client_secret,
        scope="openid",
        redirect_uri=callback,
        code_challenge_method="S256",
        timeout=SECONDS,
    )


async def metadata(browser: Any) -> dict[str, Any]:
    """What the provider says of itself. Raises NoIdentity."""
    import httpx

    wanted = str(known().oidc_issuer)
    try:
        address = f"{wanted.rstrip('/')}/.well-known/openid-configuration"
        found: dict[str, Any] = (await browser.request("GET", address, withhold_token=True)).raise_for_status().json()
        complete = {name: str(found[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    except (httpx.HTTPError, KeyError, ValueError, TypeError) as error:
        raise NoIdentity(type(error).__name__) from error
    if found.get("issuer") != wanted:
        raise NoIdentity("another issuer")
    return complete | {"issuer": wanted}


def known() -> Settings:
    """The settings, complete. Raises BadSettings."""
    ours = settings.load()
    if not (ours.oidc_issuer and ours.oidc_client_id and ours.oidc_client_secret):
        raise BadSettings(
            "QIANGJI_OIDC_ISSUER, QIANGJI_OIDC_CLIENT_ID and QIANGJI_OIDC_CLIENT_SECRET belong together. "
            "Remedy: set all three, or none."
        )
    try:
        import authlib  # noqa: F401 - only whether it is there
    except ImportError:
        raise BadSettings("QIANGJI_OIDC_ISSUER: authlib is missing. Remedy: pip install 'qiangji[oidc]'") from None
    return ours
