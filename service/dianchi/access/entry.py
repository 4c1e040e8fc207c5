"""All that lets people and systems in besides keys, put together."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from dianchi.access.oidc import Provider
from dianchi.access.sealing import Seal
from dianchi.access.sessions import Sessions
from dianchi.access.sign_in import SignIn
from dianchi.access.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Entry:
    """The ways in.

    Attributes:
        sign_in: for people.
        sessions: of people.
        forms: marks the forms of our pages.
        provider: of identities; None where none is configured.
        tokens: for systems; None where no key signs them.
        issuer: the address of the service.
        trusted: the networks of proxies whose word on addresses counts.
    """

    sign_in: SignIn
    sessions: Sessions
    forms: Seal
    provider: Provider | None
    tokens: Tokens | None
    issuer: str
    trusted: tuple[IPv4Network | IPv6Network, ...] = ()

    async def aclose(self) -> None:
        """Ends the threads and connections."""
        await self.sign_in.hasher.aclose()
        if self.provider is not None:
            await self.provider.aclose()
