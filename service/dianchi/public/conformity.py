"""The public page of a conformity run: what the code on its report leads to."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from dianchi.domain.refusals import Text
from dianchi.exchange.language import Language
from dianchi.exchange.paper import local_text
from dianchi.public.pages import LOOK
from dianchi.public.phrases import PHRASES
from dianchi.store.envelope import open_json


@dataclass(frozen=True, slots=True)
class PublicConformity:
    """A report as anybody may know it: of tasks only how many were done.

    Attributes:
        title: of the scenario, in zh and en.
        sha256: of the report's JSON.
    """

    number: str
    firm: str
    role: str
    title: Text
    version: str
    ended_at: str
    passed: bool
    done: int
    tasks: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        return asdict(self) | {"title": self.title._asdict()}


def public_conformity(report: bytes) -> PublicConformity:
    """What anybody may know of a report."""
    told = open_json(report)
    return PublicConformity(
        told["number"],
        told["organisation_name"],
        told["role"],
        Text(**told["title"]),
        told["version"],
        told["ended_at"],
        told["passed"],
        sum(task["state"] == "done" for task in told["tasks"]),
        len(told["tasks"]),
        sha256(report).hexdigest(),
    )


def conformity_page(found: PublicConformity | None, language: Language) -> str:
    """The page; one form for every number that no report has."""
    facts = () if found is None else _facts(found, language)
    return LOOK.page("conformity.html", language, report=found, facts=facts)


def _facts(found: PublicConformity, language: Language) -> list[tuple[str, str]]:
    rows = (
        ("conformity_firm", found.firm),
        ("conformity_scenario", f"{getattr(found.title, language)} {found.version}"),
        ("conformity_day", local_text(found.ended_at)),
        ("conformity_tasks", f"{found.done} / {found.tasks}"),
        ("conformity_digest", found.sha256),
    )
    return [(str(getattr(PHRASES[title], language)), value) for title, value in rows]
