"""A small identity provider (OpenID Connect) in a process of its own, which can be told to lie."""

import base64
import json
import secrets
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import sha256
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from support.process import free_port

CLIENT = "dianchi"
SECRET = "kept at the provider"


class Server:
    """What the process answers."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.other = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}
        self.lie: dict[str, Any] = {}

    async def discovery(self, _: Request) -> Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }
        return JSONResponse(told | self.lie.get("discovery", {}))

    async def jwks(self, _: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Whoever asks is `zhang` at once: signing in there is not what is tested."""
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"]} | self.lie.get("redirect", {})
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def token(self, request: Request) -> Response:
        form = {name: each[0] for name, each in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form["code"], None)
        mine = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proof = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
        if (
            asked is None
            or request.headers["authorization"] != f"Basic {mine}"
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != proof.decode().rstrip("=")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"id_token": self.id_token(asked["nonce"]), "token_type": "Bearer"})

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "zhang", "nonce": nonce,
                  "iat": now, "exp": now + 300}  # fmt: skip
        claims |= self.lie.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.lie.get("alg") == "none":
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
            body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
            return f"{head}.{body}."
        key = self.other if self.lie.get("key") == "other" else self.key
        return jwt.encode({"alg": "ES256", "kid": "one"}, claims, key, algorithms=["ES256"])

    async def lies(self, request: Request) -> Response:
        self.lie = await request.json()
        return JSONResponse({})

    async def renews(self, _: Request) -> Response:
        self.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        return JSONResponse({})

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/jwks", self.jwks),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/lie", self.lies, methods=["POST"]),
                Route("/renew", self.renews, methods=["POST"]),
            ]
        )


class OidcProvider:
    """The process, as the tests see it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Starts it and waits until it answers."""
        run = f"from support.oidc_provider import serve; serve({self.port})"
        self._child = subprocess.Popen(
            [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {run}"]
        )
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.issuer}/jwks").status_code == httpx.codes.OK:
                    return self
            time.sleep(0.05)
        raise AssertionError("the provider does not answer")

    def lie(self, **told: Any) -> None:
        """Tells it to lie from now on; without anything, to stop."""
        httpx.post(f"{self.issuer}/lie", json=told).raise_for_status()

    def renew(self) -> None:
        """Has it change its key."""
        httpx.post(f"{self.issuer}/renew").raise_for_status()

    def stop(self) -> None:
        """Ends it."""
        self._child.terminate()
        self._child.wait(10)


def serve(port: int) -> None:
    """Runs the provider in this process."""
    import uvicorn  # noqa: PLC0415

    uvicorn.run(Server(f"http://127.0.0.1:{port}").app(), port=port, log_level="error")
