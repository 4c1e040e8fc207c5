"""A life that three officers share: sold in Qujing, collected in Kunming, recycled in Yuxi."""

from typing import Any

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from support.api import ENROLLED, VIN, Api, code, produced

KUNMING, QUJING, YUXI = "530100", "530300", "530400"
CAR = {"kind": "vehicle", "id": VIN}


def officer(area: str) -> tuple[str, str]:
    """The officer of an area, as `Api.headers` takes it."""
    return "regulator", f"officer {area}"


async def enrolled(api: Api, role: str, name: str, area: str | None) -> str:
    """A firm or officer with a key; its id."""
    async with api.services.make_session() as session:
        row = await enrol(session, Enrolment(name, prefecture=area), ENROLLED)
        terms = KeyTerms(role, area=area if role == "regulator" else None)
        api.keys[role, name] = await add_key(session, api.services.ring, row.id, terms, ENROLLED)
    await api.services.registry.refresh()
    return row.id


async def a_life(api: Api) -> str:
    """Sold in Qujing, collected in Kunming, recycled in Yuxi."""
    await enrolled(api, "vehicle_maker", "曲靖车厂", QUJING)
    outlet = await enrolled(api, "outlet", "昆明网点", KUNMING)
    recycler = await enrolled(api, "recycler", "玉溪再生", YUXI)
    for area in (KUNMING, QUJING, YUXI):
        await enrolled(api, "regulator", f"officer {area}", area)
    await api.post("maker", produced(1))
    for role, by, kind, day, told in (
        ("vehicle_maker", "曲靖车厂", "installed", "2024-07-01", {"host": CAR}),
        ("vehicle_maker", "曲靖车厂", "sold", "2024-08-01", {"prefecture": QUJING, "vin": VIN}),
        (
            "outlet", "昆明网点", "collected", "2026-05-01",
            {"source": "person", "safety_class": "B", "label_legible": True, "mass_kg": "400.125"},
        ),
        (
            "outlet", "昆明网点", "dispatched", "2026-05-05",
            {"handover": "H1", "receiver": recycler},
        ),
        ("recycler", "玉溪再生", "received", "2026-05-06", {"handover": "H1", "sender": outlet}),
    ):  # fmt: skip
        await api.report(role, kind, day, by=by, battery=code(1), **told)
    run: dict[str, Any] = {
        "batch": "B1", "process": "hydro", "residue_kg": "350",
        "inputs": [{"battery": code(1), "mass_kg": "400.125"}],
        "outputs": [{"lot": "R1", "material": "lithium_carbonate", "mass_kg": "18"}],
    }  # fmt: skip
    await api.report("recycler", "recycled", "2026-06-01", by="玉溪再生", **run)
    await api.settle()
    return outlet
