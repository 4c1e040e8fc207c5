"""What routes ask for: the services, the reporter, the language."""

from typing import Annotated

from fastapi import Depends, Header, Query, Request

from dianchi.api.door import ready
from dianchi.api.intake import reader_of, reporter_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.people import PLATFORM_ADMIN
from dianchi.domain.scopes import narrowed
from dianchi.exchange.language import Language, language_of


def services_of(request: Request) -> Services:
    """The services; a problem while they are being built."""
    return ready(request.app.state.services)


ServicesDep = Annotated[Services, Depends(services_of)]


async def any_reporter(request: Request, services: ServicesDep) -> Reporter:
    """Whoever's key the request carries, whatever it is narrowed to."""
    return await reporter_of(request.scope, services)


AnyReporterDep = Annotated[Reporter, Depends(any_reporter)]


async def known_reporter(request: Request, services: ServicesDep) -> Reporter:
    """Whoever's key the request carries: reading takes its scope, anything else a whole key.

    By the method, so that no route is left open; reports pass by the door, not here.
    """
    if request.method == "GET":
        return await reader_of(request.scope, services)
    reporter = await reporter_of(request.scope, services)
    if reporter.scopes is not None:
        raise narrowed(reporter.scopes)
    return reporter


ReporterDep = Annotated[Reporter, Depends(known_reporter)]


async def a_regulator(reporter: ReporterDep) -> Reporter:
    """A regulator's key."""
    if reporter.role != "regulator":
        raise refuse(
            "role_not_allowed",
            (f"角色 {reporter.role} 不能进行此操作", f"role {reporter.role} may not do this"),
            ("请使用监管部门的密钥", "use a regulator's key"),
        )
    return reporter


RegulatorDep = Annotated[Reporter, Depends(a_regulator)]


async def firm_manager(request: Request, services: ServicesDep) -> Reporter:
    """A regulator, or the administrator of the platform: they enrol firms."""
    reporter = await reporter_of(request.scope, services)
    if reporter.role == PLATFORM_ADMIN:
        return reporter
    return await a_regulator(await known_reporter(request, services))


FirmManagerDep = Annotated[Reporter, Depends(firm_manager)]


async def firm_reader(request: Request, services: ServicesDep) -> Reporter:
    """Whoever may read, and the administrator of the platform, who invites people of firms."""
    reporter = await reporter_of(request.scope, services)
    if reporter.role == PLATFORM_ADMIN:
        return reporter
    return await known_reporter(request, services)


FirmReaderDep = Annotated[Reporter, Depends(firm_reader)]


def asked_language(
    accept_language: Annotated[str | None, Header()] = None,
    lang: Annotated[str | None, Query(max_length=10)] = None,
) -> Language:
    """The reader's language, by `lang` or `Accept-Language`."""
    return language_of(accept_language, lang)


LanguageDep = Annotated[Language, Depends(asked_language)]
