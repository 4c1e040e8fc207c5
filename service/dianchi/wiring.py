"""The composition root: builds the parts of the service and joins them."""

import gc
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from dianchi.access.allowance import Allowance
from dianchi.access.audit import AuditLog
from dianchi.access.clients import Clients
from dianchi.access.codes import Codes
from dianchi.access.entry import Entry
from dianchi.access.keys import PREFIX, KeyRing, now_of
from dianchi.access.last_use import noting_uses
from dianchi.access.oidc import Provider, Relying
from dianchi.access.passwords import Hasher
from dianchi.access.registry import LiveRegistry, engine_of, sessions
from dianchi.access.sealing import Seal
from dianchi.access.sessions import Sessions
from dianchi.access.sign_in import SignIn
from dianchi.access.tokens import Tokens
from dianchi.api.app import create_app
from dianchi.api.following import Followers
from dianchi.api.services import Services
from dianchi.domain.purposes import MOST_AN_HOUR, MOST_REFERRED
from dianchi.domain.rules import RULES
from dianchi.exchange.maps import ApprovedMap, UnfitMap, read_map
from dianchi.exchange.working_calendar import working_calendar
from dianchi.ledger.published import PublishedLog
from dianchi.ledger.signing import SigningKeys
from dianchi.national.connections import PURPOSE as NATIONAL
from dianchi.national.connections import Connections
from dianchi.ports import Clock, SystemClock
from dianchi.public.routes import Known, public_router
from dianchi.recording.acts import audit_seal
from dianchi.recording.gather import Gatherer
from dianchi.recording.recorder import Recorder
from dianchi.settings import Settings, SettingsError, log_identity, personal_keys, token_seeds
from dianchi.showing import Pages
from dianchi.store.keks import must_have_keys
from dianchi.store.readers import Readers, open_readers
from dianchi.store.rights import KEEPER, READER, REGISTRAR, UPLOADER
from dianchi.store.vault import Seals, Vault, vin_seal
from dianchi.webhooks.book import PURPOSE, Book
from dianchi_client.note import SigningKey
from dianchi_client.policy import Policy

READERS = 8


def let_garbage_wait() -> None:
    """Has the collector look rarely: what was made by now stays, and reports make no cycles.

    Looking through the ten thousand reports of a batch again and again took a fifth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000, 20, 50)


def _published(settings: Settings, readers: Readers) -> PublishedLog:
    identity = log_identity(settings)
    if identity is None:
        return PublishedLog(readers, "", (), ())
    keys = [SigningKey(identity.origin, seed).verifier for seed in identity.seeds]
    told = settings.log_policy.read_bytes() if settings.log_policy else b"quorum none\n"
    policy = Policy.parse(told)
    if not policy.logs:
        told = "".join(f"log {key}\n" for key in keys).encode() + told
    witnesses = tuple(map(str, policy.witnesses.values()))
    return PublishedLog(readers, identity.origin, tuple(map(str, keys)), witnesses, told)


@asynccontextmanager
async def opened(
    settings: Settings, dsn: str, clock: Clock | None = None, *, prefix: str = PREFIX
) -> AsyncIterator[Services]:
    """The services over one database; closed when the block ends.

    Args:
        settings: of this process.
        dsn: of a migrated database.
        clock: the machine's, unless a test holds time still.
        prefix: of its keys; a sandbox has another.
    """
    clock = clock or SystemClock()
    readers = await open_readers(dsn, most=READERS)
    own_readers = await open_readers(dsn, most=READERS, role=READER)
    registrar = await open_readers(dsn, most=2, role=REGISTRAR)
    keeper = await open_readers(dsn, most=2, role=KEEPER)
    uploader = await open_readers(dsn, most=4, role=UPLOADER)
    engine, keeping = engine_of(dsn), engine_of(dsn, KEEPER)
    gatherer = Gatherer(dsn, RULES, clock)
    try:
        await gatherer.open()
        vault = Vault(personal_keys(settings))
        await must_have_keys(keeper, vault, now_of(clock))
        signing = SigningKeys(readers, clock)
        registry = LiveRegistry(sessions(engine), beside=signing.refresh)
        await registry.refresh()
        seals = Seals(vin_seal(bytes.fromhex(settings.vin_key.get_secret_value())), vault.lock)
        ring = KeyRing(registrar, _pepper(settings), clock, prefix=prefix)
        entry = _entry(settings, registrar, engine, vault, clock)
        recorder = Recorder(
            gatherer, readers, clock, seals, lambda: registry.now, check=signing.check
        )
        audit = AuditLog(registrar, audit_seal(gatherer, clock), clock)
        async with noting_uses(ring, registrar), aclosing(entry), aclosing(audit):
            yield Services(
                settings.public_host,
                clock,
                RULES,
                working_calendar(),
                readers,
                sessions(engine),
                ring,
                registry,
                gatherer,
                recorder,
                seals,
                vault,
                Allowance(clock, MOST_AN_HOUR),
                Allowance(clock, MOST_REFERRED),
                _published(settings, readers),
                own_readers,
                keeper,
                registrar,
                sessions(keeping),
                signing,
                entry,
                audit,
                Book(registrar, Seal(_pepper(settings), PURPOSE), settings.webhook_reach, clock),
                Followers(readers),
                uploader,
                _national(settings, registrar, clock),
                map=_map(settings),
            )
    finally:
        await gatherer.close()
        await engine.dispose()
        await keeping.dispose()
        for each in (readers, own_readers, registrar, keeper, uploader):
            await each.close()


def _map(settings: Settings) -> ApprovedMap | None:
    if settings.map_file is None:
        return None
    try:
        return read_map(settings.map_file, settings.map_approval)
    except UnfitMap as error:
        msg = f"DIANCHI_MAP_FILE: {error}"
        raise SettingsError(msg) from None


def _national(settings: Settings, registrar: Readers, clock: Clock) -> Connections:
    return Connections(registrar, Seal(_pepper(settings), NATIONAL), settings.national_reach, clock)


def _pepper(settings: Settings) -> bytes:
    return bytes.fromhex(settings.key_pepper.get_secret_value())


def _entry(
    settings: Settings, readers: Readers, engine: AsyncEngine, vault: Vault, clock: Clock
) -> Entry:
    pepper = _pepper(settings)
    people = Sessions(readers, sessions(engine), vault, clock)
    hasher = Hasher(lambda: now_of(clock).date())
    codes = Codes(Seal(pepper, "codes of phones"), clock)
    return Entry(
        SignIn(sessions(engine), hasher, codes, people, clock),
        people,
        Seal(pepper, "forms of pages"),
        _provider(settings, Seal(pepper, "attempts at the provider"), clock),
        _tokens(settings, Clients(readers, sessions(engine)), clock),
        settings.public_address,
        settings.proxies,
    )


def _provider(settings: Settings, seal: Seal, clock: Clock) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    relying = Relying(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        f"{settings.public_address}/sign-in/provider/done",
    )
    return Provider(relying, seal, clock)


def _tokens(settings: Settings, clients: Clients, clock: Clock) -> Tokens | None:
    seeds = token_seeds(settings)
    return Tokens(seeds, settings.public_address, clients, clock) if seeds else None


def application(*, synthetic: bool = False) -> FastAPI:
    """The application with its public pages; answers `not_ready` until it has its services."""
    app = create_app()
    app.state.samples = ()
    pages = Pages(app, synthetic)
    known = Known(pages.battery, pages.receipt, pages.outlets, pages.links, pages.conformity)
    app.include_router(public_router(known))
    return app
