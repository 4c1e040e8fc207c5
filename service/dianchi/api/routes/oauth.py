"""OAuth 2.0 for systems: a key or a signed request for a token of ten minutes (RFC 6749, 7523)."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from dianchi.access.clients import Client
from dianchi.access.issue import key_id
from dianchi.access.tokens import ALGORITHMS, Tokens
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ServicesDep
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Malformed
from dianchi.domain.scopes import REPORT, Scopes, parse_scope

router = APIRouter(tags=["systems"])
_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_NOBODY_KEEPS: Final = {"cache-control": "no-store"}
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "scope": {"type": "string"},
                        "client_assertion_type": {"type": "string", "enum": [_BEARER]},
                        "client_assertion": {"type": "string"},
                    },
                }
            }
        },
    },
    "security": [],
}


class TokenMade(BaseModel):
    """An access token (RFC 6749 5.1)."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the name of a kind
    expires_in: int = Field(description="seconds")
    scope: str | None = None


class OAuthError(BaseModel):
    """Why there is no token (RFC 6749 5.2)."""

    error: str
    error_description: str


class _NoToken(Exception):  # noqa: N818 - an answer of OAuth
    def __init__(self, error: str, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.error = error
        self.status = status


@router.post(
    "/oauth/token",
    response_model=TokenMade,
    responses={
        **problems(413),
        400: {"model": OAuthError, "description": "An error of OAuth"},
        401: {"model": OAuthError, "description": "An error of OAuth"},
    },
    openapi_extra=_FORM,
    summary="Get an access token",
)
async def post_token(request: Request, services: ServicesDep) -> Response:
    """A token for a system that proves itself.

    Either with a key (`client_secret_basic`: the id of the key, the key), or with a request that
    is signed by its registered Ed25519 key (`private_key_jwt`).
    """
    try:
        made = await _made(request, services)
    except _NoToken as error:
        headers = dict(_NOBODY_KEEPS)
        if error.status == 401:  # noqa: PLR2004 - HTTP
            headers["www-authenticate"] = 'Basic realm="dianchi"'
        answer = OAuthError(error=error.error, error_description=str(error))
        return JSONResponse(answer.model_dump(), error.status, headers)
    return JSONResponse(made.model_dump(exclude_none=True), headers=_NOBODY_KEEPS)


async def _made(request: Request, services: Services) -> TokenMade:
    tokens, form = services.entry.tokens, await _form(request)
    if tokens is None:
        raise _NoToken("unsupported_grant_type", "no key signs tokens here: DIANCHI_TOKEN_KEY")
    if form.get("grant_type") != "client_credentials":
        raise _NoToken("unsupported_grant_type", "grant_type must be client_credentials")
    client = await _client(request, form, services, tokens)
    if client is None:
        raise _NoToken("invalid_client", "the client is unknown, revoked or not proven", 401)
    scopes = _narrowed(client, form.get("scope"))
    token, lasts_s = tokens.issue(client, scopes)
    said = client.scopes if scopes is None else scopes
    return TokenMade(
        access_token=token,
        expires_in=lasts_s,
        scope=None if said is None else " ".join(sorted(said)),
    )


async def _form(request: Request) -> dict[str, str]:
    try:
        told = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise _NoToken("invalid_request", "the body is no form") from None
    if len(dict(told)) < len(told):
        raise _NoToken("invalid_request", "a parameter appears twice")
    return dict(told)


async def _client(
    request: Request, form: dict[str, str], services: Services, tokens: Tokens
) -> Client | None:
    """The system that proved itself, by one of the two ways."""
    given = request.headers.get("authorization")
    if given is not None and "client_assertion" in form:
        raise _NoToken("invalid_request", "two ways of proving at once: use one")
    if "client_assertion" in form:
        if form.get("client_assertion_type") != _BEARER:
            raise _NoToken("invalid_request", f"client_assertion_type must be {_BEARER}")
        return await tokens.asserted(form["client_assertion"])
    scheme, _, told = (given or "").partition(" ")
    return await _by_secret(told, services, tokens) if scheme.lower() == "basic" else None


async def _by_secret(told: str, services: Services, tokens: Tokens) -> Client | None:
    try:
        named, _, secret = b64decode(told, validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        return None
    named, secret = unquote_plus(named), unquote_plus(secret)
    holder = await services.ring.holder(secret)
    if not isinstance(holder, Reporter) or key_id(services.ring.digest(secret)) != named:
        return None
    return await tokens.clients.find(named, anew=True)


def _narrowed(client: Client, asked: str | None) -> Scopes:
    """What a token is narrowed to; never more than the system may."""
    if not asked:
        return None
    wanted = frozenset(asked.split())
    for scope in wanted:
        try:
            parse_scope(scope, client.role)
        except Malformed as error:
            raise _NoToken("invalid_scope", f"{error}; {error.way_out.en}") from None
        whole = client.scopes is None or scope in client.scopes
        if not whole and not (scope.startswith(f"{REPORT}:") and REPORT in (client.scopes or ())):
            raise _NoToken("invalid_scope", f"the client is not open to {scope}")
    return wanted


@router.get("/.well-known/jwks.json", summary="The public keys of access tokens",
            openapi_extra={"security": []})  # fmt: skip
async def get_jwks(services: ServicesDep) -> dict[str, Any]:
    """The keys that sign tokens, and those that did until lately (RFC 7517)."""
    tokens = services.entry.tokens
    return tokens.jwks() if tokens else {"keys": []}


@router.get("/.well-known/oauth-authorization-server", summary="Where tokens come from",
            openapi_extra={"security": []})  # fmt: skip
async def get_metadata(services: ServicesDep) -> dict[str, Any]:
    """The metadata of the token endpoint (RFC 8414)."""
    issuer = services.entry.issuer
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "service_documentation": f"{issuer}/docs",
    }
