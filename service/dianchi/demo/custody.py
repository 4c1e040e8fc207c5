"""From the road into the stores of outlets and dismantlers, and from there to utilizers."""

from random import Random
from typing import Final

from dianchi.demo.births import soh
from dianchi.demo.book import Data
from dianchi.demo.clock import MINUTE_US, at_work
from dianchi.demo.dice import chance
from dianchi.demo.firms import Post
from dianchi.demo.packs import Pack, number
from dianchi.demo.stage import HandOver, Sent, Stage, loads

STAYS: Final = {"A": (12, 75), "B": (6, 20), "C": (1, 3), "unassessed": (5, 20)}
"""Days that a battery of a class stays in store; the limits are 90, 30, 5 and 30."""
_UTILIZER_OF: Final = {"530300": 1, "530600": 1, "532600": 1, "530400": 2, "532500": 2, "530800": 2}
_FAR: Final = frozenset(("533300", "533400", "533100", "530700", "530500", "530900", "532800"))
_LOAD: Final = 10


def years_on_the_road(stage: Stage, pack: Pack, years: float, rng: Random) -> None:
    """Yearly tests while in use, as far as anybody makes them."""
    workshop = stage.province.near("workshop", pack.prefecture, rng)
    for _ in range(int(years)):
        at_us = pack.pass_time(rng.randint(330, 400), rng)
        if not stage.book.has_happened(at_us):
            if ":" not in pack.name:
                stage.samples.setdefault("in_use", pack.name)
            return
        if chance(rng, 0.6):  # how many are tested
            data: Data = soh(pack)
            if chance(rng, 0.5):  # half of the testers tell the voltage
                data["voltage_v"] = number(pack.model.volts * rng.uniform(0.98, 1.06))
            told = stage.book.tell(workshop, "inspected", at_us, data, pack.name)
            if chance(rng, 0.15):  # kept in a spreadsheet by day
                stage.book.only_the_day(told)


def leave_vehicle(stage: Stage, pack: Pack, rng: Random) -> None:
    """The end of the first use: at a workshop, or with the whole car at a dismantler."""
    if chance(rng, 0.3):  # cars scrapped with their battery
        _scrapped(stage, pack, rng)
        return
    workshop = stage.province.near("workshop", pack.prefecture, rng)
    host = {"kind": "vehicle", "id": pack.vin}
    data: Data = {"host": host, "reason": rng.choice(("end_of_life", "replacement"))} | soh(pack)
    data["mileage_km"] = str(rng.randrange(60_000, 420_000))
    stage.book.tell(workshop, "removed", pack.pass_time(rng.randint(5, 60), rng), data, pack.name)
    if chance(rng, 0.5):  # half say so in a report of its own
        told: Data = {"reason": "capacity_low"} | soh(pack)
        stage.book.tell(workshop, "retired", pack.pass_time(1, rng), told, pack.name)
    to_outlet(stage, pack, workshop, rng)


def to_outlet(stage: Stage, pack: Pack, workshop: Post, rng: Random) -> None:
    """A workshop brings it to an outlet, by a hand-over or over the counter."""
    outlet = stage.province.near("outlet", pack.prefecture, rng)
    if chance(rng, 0.2):  # how many report both sides
        at_us = at_work(pack.at, rng.randint(1, 20), rng)
        stage.hand_over(workshop, outlet, [pack], at_us, rng)
        pack.safety = "unassessed"
        stage.store(outlet, pack, rng.randint(*STAYS["unassessed"]))
        return
    pack.pass_time(rng.randint(1, 25), rng)
    take_in(stage, pack, outlet, rng, source=workshop)


def _scrapped(stage: Stage, pack: Pack, rng: Random) -> None:
    dismantler = stage.province.near("dismantler", pack.prefecture, rng)
    at_us = pack.pass_time(rng.randint(5, 60), rng)
    stage.book.tell(
        dismantler,
        "vehicle_scrapped",
        at_us,
        {"vin": pack.vin, "certificate": stage.codes.number("BF530"), "battery_present": True},
        pack.name,
    )
    told: Data = {"reason": "vehicle_scrapped"} | soh(pack)
    stage.book.tell(dismantler, "retired", pack.pass_time(1, rng), told, pack.name)
    stage.store(dismantler, pack, rng.randint(15, 70))


def safety_of(rng: Random) -> str:
    """The class that an outlet finds."""
    return rng.choices(("A", "B", "C", "unassessed"), (70, 18, 7, 5))[0]


def intake(pack: Pack, rng: Random, source: Post | None = None) -> Data:
    """What an outlet's clerk notes."""
    data: Data = {
        "source": "organisation" if source else "person",
        "safety_class": pack.safety,
        "label_legible": True,
        "mass_kg": pack.weighed(rng),
    }
    if source:
        data["source_organisation"] = source.id
    if pack.safety == "C":
        data["condition"] = {rng.choice(("swollen", "leak", "wet")): True}
    elif chance(rng, 0.3):  # clerks who tick every box
        data["condition"] = {"leak": False, "swollen": False, "burnt": False}
    return data


def take_in(stage: Stage, pack: Pack, outlet: Post, rng: Random, source: Post | None = None) -> str:
    """An outlet takes a battery in and stores it."""
    pack.safety = safety_of(rng)
    data = intake(pack, rng, source)
    if pack.vin and ":" not in pack.name and chance(rng, 0.5):  # half have the papers
        data["vin"] = pack.vin
    event_id = stage.book.tell(outlet, "collected", pack.at, data, pack.name)
    if pack.safety == "C" and chance(rng, 0.5):  # treated on the spot
        _treat(stage, pack, outlet, rng)
    stage.store(outlet, pack, rng.randint(*STAYS[pack.safety]))
    return event_id


def _treat(stage: Stage, pack: Pack, outlet: Post, rng: Random) -> None:
    """An incident and its end; only where the end lies within the story."""
    noticed_us = at_work(pack.at, 1, rng)
    if not stage.book.has_happened(at_work(noticed_us, 3, rng)):
        return
    kind = rng.choice(("smoke", "swelling", "leak"))
    incident = stage.book.tell(outlet, "incident", noticed_us, {"kind": kind}, pack.name)
    pack.at = at_work(noticed_us, 1, rng)
    pack.safety = "B"
    told = {"incident": incident, "treatment": "盐水放电，隔离 24 小时", "safety_class": "B"}
    stage.book.tell(outlet, "released", pack.at, told, pack.name)


# --- out of the stores ---------------------------------------------------------------------------


def utilizer_near(stage: Stage, post: Post) -> Post:
    """The utilizer that serves a prefecture."""
    return stage.province.posts["utilizer"][_UTILIZER_OF.get(post.firm.prefecture or "", 0)]


def empty_stores(stage: Stage, rng: Random) -> None:
    """Loads leave every store: far outlets first, then central ones, then dismantlers."""
    outlets = stage.province.posts["outlet"]
    centrals = stage.province.centrals
    for outlet in [*(post for post in outlets if post not in centrals), *centrals]:
        _empty(stage, outlet, rng)
    for role in ("dismantler", "swap_operator"):
        for post in stage.province.posts[role]:
            _empty(stage, post, rng)


def _empty(stage: Stage, post: Post, rng: Random) -> None:
    for leaves_us, packs in loads(stage.waiting.pop(post.id, ()), _LOAD, rng):
        calm = all(pack.safety != "C" for pack in packs)
        relayed = calm and post.role == "outlet" and post.firm.prefecture in _FAR
        if relayed and chance(rng, 0.6):  # far loads that go by a central store
            _relay(stage, post, packs, leaves_us, rng)
        else:
            _deliver(stage, post, packs, leaves_us, rng)


def _relay(stage: Stage, post: Post, packs: list[Pack], leaves_us: int, rng: Random) -> None:
    """To a central store, which keeps it for a while."""
    central = stage.province.centrals[1 if post.firm.prefecture != "532800" else 2]
    stage.hand_over(post, central, packs, leaves_us, rng)
    for pack in packs:
        stage.store(central, pack, rng.randint(*STAYS[pack.safety]))


def _deliver(stage: Stage, post: Post, packs: list[Pack], leaves_us: int, rng: Random) -> None:
    """To a utilizer, who may decline one battery or send one back."""
    utilizer = utilizer_near(stage, post)
    way = HandOver(post, utilizer, packs)
    sent = stage.send(way, leaves_us, rng)
    arrives_us = at_work(sent.at_us, rng.randint(1, 4), rng)
    refused = packs[-1] if len(packs) > 1 and chance(rng, 0.25) else None  # one load in four
    at_once = refused is not None and chance(rng, 0.6)  # at the gate, not later
    kept = [pack for pack in packs if not (pack is refused and at_once)]
    stage.take(way._replace(packs=kept), sent, "received", arrives_us, rng)
    if refused is not None:
        back_us = arrives_us + 10 * MINUTE_US
        if not at_once:
            back_us = at_work(arrives_us, rng.randint(2, 5), rng)
        kind = "declined" if at_once else "returned"
        _send_back(stage, way._replace(packs=[refused]), sent, (kind, back_us), rng)
    stage.arrived.setdefault(utilizer.id, []).extend(pack for pack in kept if pack is not refused)


def _send_back(stage: Stage, way: HandOver, sent: Sent, side: tuple[str, int], rng: Random) -> None:
    """Declined at the gate or returned days later; the sender treats it and sends it again."""
    pack = way.packs[0]
    reason = "class_c_not_accepted" if pack.safety == "C" else "damaged"
    stage.take(way, sent, *side, rng, reason)
    told: Data = {"safety_class": "B", "insulation_ohm_per_v": str(rng.randrange(180, 900))}
    stage.book.tell(way.sender, "inspected", pack.pass_time(1, rng), told, pack.name)
    pack.safety = "B"
    leaves_us = at_work(pack.at, rng.randint(3, 15), rng)
    utilizer = stage.province.posts["utilizer"][0]
    stage.hand_over(way.sender, utilizer, [pack], leaves_us, rng)
    stage.arrived.setdefault(utilizer.id, []).append(pack)


def swap_out(stage: Stage, pack: Pack, rng: Random) -> None:
    """A swap box leaves its pool and waits at the operator's depot."""
    operator = stage.province.posts["swap_operator"][0]
    host = {"kind": "swap_pool", "id": pack.vin}
    data: Data = {"host": host, "reason": "end_of_life"} | soh(pack)
    stage.book.tell(operator, "removed", pack.pass_time(rng.randint(5, 40), rng), data, pack.name)
    told: Data = {"reason": "capacity_low"} | soh(pack)
    stage.book.tell(operator, "retired", pack.pass_time(1, rng), told, pack.name)
    stage.store(operator, pack, rng.randint(10, 60))
