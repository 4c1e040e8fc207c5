"""Lies about where a battery is and who has it."""

from collections.abc import Callable
from typing import Final

from dianchi.demo.book import Data
from dianchi.demo.clock import DAY_US, MINUTE_US, at_work, day_of
from dianchi.demo.custody import intake
from dianchi.demo.liar import Liar, Told
from dianchi.demo.recycling import crush
from dianchi.demo.stage import HandOver


def _twin_holders(liar: Liar) -> Told:
    """One code, taken in by two outlets."""
    pack, outlet = liar.stored(liar.between(20, 60))
    pack.at = at_work(pack.at, liar.rng.randint(2, 9), liar.rng)
    other = liar.others("outlet", outlet)
    return Told(pack.name, (liar.tell(other, "collected", pack, intake(pack, liar.rng)),))


def _vanished(liar: Liar) -> Told:
    """Dispatched, and never seen again."""
    pack, outlet = liar.stored(liar.between(50, 170))
    way = HandOver(outlet, liar.post("utilizer"), [pack])
    sent = liar.stage.send(way, at_work(pack.at, 4, liar.rng), liar.rng)
    return Told(pack.name, (sent.event_id,))


def _short_receipt(liar: Liar) -> Told:
    """Four leave, three arrive."""
    at_us = liar.between(40, 200)
    outlet = liar.post("outlet", "530100")
    packs = []
    for _ in range(4):
        pack, workshop = liar.removed(at_us - 4 * DAY_US)
        pack.at = at_us
        liar.tell(outlet, "collected", pack, intake(pack, liar.rng, workshop))
        packs.append(pack)
    way = HandOver(outlet, liar.post("utilizer"), packs)
    sent = liar.stage.send(way, at_work(at_us, 3, liar.rng), liar.rng)
    came_us = at_work(sent.at_us, 2, liar.rng)
    took = liar.stage.take(way._replace(packs=packs[1:]), sent, "received", came_us, liar.rng)
    return Told(packs[0].name, (sent.event_id, took))


def _shrunk(liar: Liar) -> Told:
    """A consignment that lost a third of its mass on the road."""
    pack, outlet = liar.stored(liar.between(40, 300))
    way = HandOver(outlet, liar.post("utilizer"), [pack])
    sent = liar.stage.send(way, at_work(pack.at, 4, liar.rng), liar.rng)
    pack.kg *= 0.65
    took = liar.stage.take(way, sent, "received", at_work(sent.at_us, 2, liar.rng), liar.rng)
    return Told(pack.name, (sent.event_id, took))


def _late_report(liar: Liar) -> Told:
    """Received properly, and reported more than sixty days too late."""
    pack, outlet = liar.stored(liar.between(190, 900))
    way = HandOver(outlet, liar.post("utilizer"), [pack])
    sent = liar.stage.send(way, at_work(pack.at, 4, liar.rng), liar.rng)
    pack.at = at_work(sent.at_us, 2, liar.rng)
    data: Data = {"handover": sent.number, "sender": outlet.id, "batteries": [pack.line]}
    late = liar.rng.randint(105, 150)
    took = liar.stage.book.tell(way.receiver, "received", pack.at, data, late_days=late)
    return Told(pack.name, (took,))


def _not_holder(liar: Liar) -> Told:
    """Somebody dispatches what another outlet has in store."""
    pack, outlet = liar.stored(liar.between(30, 200))
    thief = liar.others("outlet", outlet)
    way = HandOver(thief, liar.post("utilizer"), [pack])
    sent = liar.stage.send(way, at_work(pack.at, 3, liar.rng), liar.rng)
    liar.stage.take(way, sent, "received", at_work(sent.at_us, 3, liar.rng), liar.rng)
    return Told(pack.name, (sent.event_id,))


def _without_battery(liar: Liar) -> Told:
    """A vehicle scrapped without the battery that nobody took out."""
    pack = liar.in_use(liar.between(100, 900))
    pack.pass_time(liar.rng.randint(20, 80), liar.rng)
    data: Data = {
        "vin": pack.vin,
        "certificate": liar.stage.codes.number("BF530"),
        "battery_present": False,
    }
    dismantler = liar.post("dismantler", pack.prefecture)
    told = liar.stage.book.tell(dismantler, "vehicle_scrapped", pack.at, data)
    return Told(pack.name, (told,))


def _code_mismatch(liar: Liar) -> Told:
    """Taken out of another vehicle than the one it was in."""
    pack = liar.in_use(liar.between(100, 170))
    pack.pass_time(liar.rng.randint(10, 60), liar.rng)
    vin = liar.stage.codes.vin(day_of(pack.at).year - 2, liar.rng)
    data: Data = {"host": {"kind": "vehicle", "id": vin}, "reason": "replacement"}
    return Told(pack.name, (liar.tell(liar.post("workshop"), "removed", pack, data),))


def _after_the_end(liar: Liar) -> Told:
    """Recycled, and back on the market two months later."""
    pack, recycler = liar.arrived(liar.between(120, 500), "recycler")
    crush(liar.stage, recycler, [pack], at_work(pack.at, 5, liar.rng), liar.rng)
    pack.at = at_work(pack.at, liar.rng.randint(40, 70), liar.rng)
    outlet = liar.post("outlet")
    return Told(pack.name, (liar.tell(outlet, "collected", pack, intake(pack, liar.rng)),))


def _impossible_travel(liar: Liar) -> Told:
    """Out of a store in Kunming, and in one in Dehong within the hour."""
    pack, outlet = liar.stored(liar.between(30, 60), prefecture="530100")
    way = HandOver(outlet, liar.post("outlet", "533100"), [pack])
    sent = liar.stage.send(way, at_work(pack.at, 4, liar.rng), liar.rng)
    took = liar.stage.take(way, sent, "received", sent.at_us + 50 * MINUTE_US, liar.rng)
    return Told(pack.name, (sent.event_id, took))


def _hoarded(liar: Liar) -> Told:
    """Kept in store far beyond the term."""
    pack, _ = liar.stored(liar.between(110, 170))
    return Told(pack.name, (liar.stage.book.reports[-1].raw["event_id"],))


def _dangerous(liar: Liar) -> Told:
    """A class C pack that nobody treats or moves."""
    pack, _ = liar.stored(liar.between(15, 60), "C")
    return Told(pack.name, (liar.stage.book.reports[-1].raw["event_id"],))


def _illegal_receiver(liar: Liar) -> Told:
    """Waste handed to a trader without a permit."""
    pack, outlet = liar.stored(liar.between(20, 100))
    trader = liar.stage.province.posts["dealer"][-1]
    way = HandOver(outlet, trader, [pack])
    sent = liar.stage.send(way, at_work(pack.at, 4, liar.rng), liar.rng)
    liar.stage.take(way, sent, "received", at_work(sent.at_us, 2, liar.rng), liar.rng)
    return Told(pack.name, (sent.event_id,))


CUSTODY_LIES: Final[tuple[tuple[str, str, Callable[[Liar], Told]], ...]] = (
    ("twin_holders", "duplicate_code", _twin_holders),
    ("vanished", "disappeared", _vanished),
    ("short_receipt", "handover_mismatch", _short_receipt),
    ("shrunk_on_the_road", "handover_mismatch", _shrunk),
    ("late_report", "late_report", _late_report),
    ("not_holder", "not_holder", _not_holder),
    ("vehicle_without_battery", "vehicle_without_battery", _without_battery),
    ("code_mismatch", "code_mismatch", _code_mismatch),
    ("activity_after_end", "activity_after_end", _after_the_end),
    ("impossible_travel", "impossible_travel", _impossible_travel),
    ("hoarded", "over_time", _hoarded),
    ("dangerous_kept", "class_c_stuck", _dangerous),
    ("illegal_receiver", "illegal_receiver", _illegal_receiver),
)
