"""What routes ask for: the services, the reporter, the language."""

from typing import Annotated

from fastapi import Depends, Header, Query, Request

from dianchi.access.erasures import KEY, PERSON, Hand
from dianchi.access.issue import key_id
from dianchi.api.door import ready
from dianchi.api.intake import reporter_of
from dianchi.api.services import Services
from dianchi.api.subjects import subject_of
from dianchi.domain.admit import Reporter
from dianchi.domain.policy import rule_of
from dianchi.exchange.language import Language, language_of


def services_of(request: Request) -> Services:
    """The services; a problem while they are being built."""
    return ready(request.app.state.services)


ServicesDep = Annotated[Services, Depends(services_of)]


async def known_reporter(request: Request, services: ServicesDep) -> Reporter:
    """Whoever calls, where the policy lets such a caller use this route.

    By the route, so that none is left open: one without a rule fails for everybody.
    """
    reporter = await reporter_of(request.scope, services)
    rule = rule_of(request.method, request.scope["route"].path)
    await services.pass_noted(rule, reporter, subject_of(request.url.path))
    return reporter


ReporterDep = Annotated[Reporter, Depends(known_reporter)]


def acting_hand(request: Request, services: ServicesDep, reporter: ReporterDep) -> Hand:
    """Whose hand acts, where two are needed: a person, or a key.

    Keys differ where their ids do, whoever holds them.
    """
    if reporter.person is not None:
        return Hand(reporter.organisation, f"{PERSON}{reporter.person}")
    _, _, key = request.headers["authorization"].partition(" ")
    return Hand(reporter.organisation, f"{KEY}{key_id(services.ring.digest(key.strip()))}")


HandDep = Annotated[Hand, Depends(acting_hand)]


def asked_language(
    accept_language: Annotated[str | None, Header()] = None,
    lang: Annotated[str | None, Query(max_length=10)] = None,
) -> Language:
    """The reader's language, by `lang` or `Accept-Language`."""
    return language_of(accept_language, lang)


LanguageDep = Annotated[Language, Depends(asked_language)]
