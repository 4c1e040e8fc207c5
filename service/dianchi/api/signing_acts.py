"""What routes of signing keys and of the signing policy share: whose, stated by whom, written."""

from typing import Annotated, Any

from fastapi import Query

from dianchi.api.naming import registered
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.passing import acts_for, not_yours
from dianchi.ledger.signing import invalid
from dianchi.recording.outcomes import Recorded, refusal_of
from dianchi_client.errors import Rejected

Whose = Annotated[str | None, Query(max_length=120)]


async def subject_of(services: Services, reporter: Reporter, organisation: str | None) -> str:
    """Whose keys are meant: one's own, for a regulator any registered organisation's.

    Raises:
        Refused: it is another's, or not registered.
    """
    registry = await services.registry.current()
    if organisation is None:
        return reporter.organisation
    known = registry.organisation(organisation)
    if not acts_for(reporter, known, known.id if known else ""):
        raise not_yours(organisation)
    return registered(registry, organisation, "/organisation").id


async def act(
    services: Services, name: str, subject: str, data: dict[str, Any], by: Reporter
) -> None:
    """Writes an act into the log, and knows of it at once.

    Raises:
        Refused: `try_again`, others keep writing about this organisation.
    """
    outcome = await services.recorder.act(name, subject, data, by)
    if not isinstance(outcome, Recorded):
        raise refusal_of(outcome)
    await services.signing.refresh()


def must_be_signed(
    services: Services, subject: str, text: str | None, payload: bytes, pointer: str
) -> None:
    """A statement by a valid key of the organisation.

    Raises:
        Refused: `signature_required` where it is missing, `signature_invalid` where it is not good.
    """
    if text is None:
        raise refuse(
            "signature_required",
            (
                "需要本单位一把可用签名密钥的签名",
                "this needs a signature by a valid key of the organisation",
            ),
            (
                "请用已登记的密钥签名后再提交；密钥都已失效时，请监管部门办理",
                "sign it with a key that was added before; if none is left, ask a regulator",
            ),
            pointer=pointer,
        )
    try:
        services.signing.must_be_recent(services.signing.verified(text, subject, payload))
    except Rejected as error:
        raise invalid(error, pointer, text, payload) from None
