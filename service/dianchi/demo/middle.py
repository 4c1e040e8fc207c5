"""Lives that begin, go on or end in untidy ways: no label, asset numbers, typing errors, voids."""

from random import Random
from typing import Final

from dianchi.demo.births import declare_in_use, maker_of, new_pack, produce, unlabelled
from dianchi.demo.book import Data
from dianchi.demo.clock import DAY_US, MINUTE_US, at_work, day_of
from dianchi.demo.custody import STAYS, intake, take_in
from dianchi.demo.dice import chance
from dianchi.demo.firms import Post
from dianchi.demo.packs import STRANGERS, UTILIZERS, Pack, number, ratings
from dianchi.demo.second_life import serve_site
from dianchi.demo.stage import Stage

_BUYERS: Final = ("成都蜀道二手车示范", "贵阳黔行运输示范")


def nameless(stage: Stage, told_us: int, rng: Random) -> Pack:
    """A pack without a readable label comes to an outlet; most are identified later."""
    pack = new_pack(stage, rng.choice(STRANGERS), told_us - rng.randint(1200, 3000) * DAY_US, rng)
    pack.soh = rng.uniform(50, 80)
    code, pack.name = pack.name, unlabelled(stage, pack.prefecture)
    pack.at = at_work(told_us, 0, rng)
    outlet = stage.province.near("outlet", pack.prefecture, rng)
    told: Data = {"stage": "removed", "basis": "unknown_origin"}
    told["chemistry"] = pack.model.chemistry
    stage.book.tell(outlet, "declared", pack.at, told, pack.name)
    pack.at += 15 * MINUTE_US
    pack.safety = rng.choice("AB")
    data = intake(pack, rng) | {"label_legible": False}
    stage.book.tell(outlet, "collected", pack.at, data, pack.name)
    if chance(rng, 0.6):  # the share that is cleaned and read
        identify(stage, pack, outlet, code, rng)
    stage.store(outlet, pack, rng.randint(*STAYS[pack.safety]))
    return pack


def identify(stage: Stage, pack: Pack, by: Post, code: str, rng: Random) -> None:
    """The name is read at last, and a new label printed."""
    at_us = at_work(pack.at, rng.randint(1, 3), rng)
    if not stage.book.has_happened(at_us):
        return
    stage.book.tell(by, "identified", at_us, {"name": code}, pack.name)
    pack.name, pack.at = code, at_us
    if by.role == "outlet":
        pack.at += 20 * MINUTE_US
        label = {"revision": 1, "reason": "unreadable"}
        stage.book.tell(by, "relabelled", pack.at, label, code)


def label_lost(stage: Stage, pack: Pack, rng: Random) -> None:
    """A pack of which much is on record comes in without its label, and is recognised."""
    outlet = stage.province.near("outlet", pack.prefecture, rng)
    pack.pass_time(rng.randint(1, 20), rng)
    if not stage.book.has_happened(at_work(pack.at, 4, rng)):
        return
    code, pack.name = pack.name, unlabelled(stage, pack.prefecture)
    pack.safety = rng.choice("AB")
    data = intake(pack, rng) | {"label_legible": False}
    stage.book.tell(outlet, "collected", pack.at, data, pack.name)
    identify(stage, pack, outlet, code, rng)
    stage.store(outlet, pack, rng.randint(*STAYS[pack.safety]))


def mistyped(stage: Stage, pack: Pack, source: Post, rng: Random) -> None:
    """A clerk types the mass in jin instead of kg, and corrects it the day after."""
    outlet = stage.province.near("outlet", pack.prefecture, rng)
    pack.pass_time(rng.randint(1, 20), rng)
    if not stage.book.has_happened(at_work(pack.at, 4, rng)):
        return
    pack.safety = "A"
    data = intake(pack, rng, source)
    wrong = data | {"mass_kg": number(pack.kg * 2)}
    first = stage.book.tell(outlet, "collected", pack.at, wrong, pack.name, late_days=0)
    again = stage.book.tell(outlet, "collected", pack.at, data, pack.name, late_days=2)
    told: Data = {"event_id": first, "reason": "质量误按市斤填写", "replacement": again}
    pack.at = at_work(pack.at, 1, rng)
    stage.book.tell(outlet, "corrected", pack.at, told, late_days=1)
    stage.store(outlet, pack, rng.randint(*STAYS["A"]))


def repaired(stage: Stage, pack: Pack, rng: Random) -> None:
    """A workshop exchanges one module; the old one goes to an outlet."""
    workshop = stage.province.near("workshop", pack.prefecture, rng)
    at_us = pack.pass_time(rng.randint(20, 200), rng)
    if not stage.book.has_happened(at_us):
        return
    old, new = pack.modules[0], stage.codes.pack(pack.vendor, pack.model, day_of(at_us), "M")
    data: Data = {"modules_out": [old], "modules_in": [new], "reason": "module_fault"}
    stage.book.tell(workshop, "repaired", at_us, data, pack.name)
    pack.modules[0:1] = [new]
    module = Pack(old, pack.model, at_us, pack.kg * 0.82 / len(pack.modules), pack.prefecture)
    module.soh = 40.0
    outlet = stage.province.near("outlet", pack.prefecture, rng)
    module.pass_time(rng.randint(1, 20), rng)
    take_in(stage, module, outlet, rng, source=workshop)
    stage.honest(module)


def tower_asset(stage: Stage, told_us: int, rng: Random) -> Pack:
    """A set that the tower operator always had, under its own asset number."""
    depot = stage.province.posts["site_operator"][0]
    place = rng.choice(stage.province.stations)
    since_us = told_us - rng.randint(200, 1200) * DAY_US
    pack = new_pack(stage, STRANGERS[2], since_us, rng)
    hours = rng.choice((100, 120, 150))
    pack.model = pack.model._replace(name=f"TT-48-{hours}", chemistry="lfp", letter="B", ah=hours,
                                     cells=16, cell_v=3.2, wh_per_kg=82)  # fmt: skip
    pack.kg, pack.soh, pack.fade = pack.model.kg, rng.uniform(78, 92), rng.uniform(2.5, 4.5)
    pack.name = f"asset:{depot.id}:{stage.codes.number('YT' + str(day_of(since_us).year))}"
    pack.at = at_work(told_us, 0, rng)
    data = ratings(pack.model) | {
        "stage": "second_life",
        "basis": "opening_stock",
        "since": str(day_of(since_us)),
        "host": {"kind": "base_station", "id": place.number},
    }
    here = depot._replace(site=place.number)
    told = stage.book.tell(here, "declared", pack.at, data, pack.name)
    if chance(rng, 0.5):  # spreadsheets know the day only
        stage.book.only_the_day(told)
    if chance(rng, 0.15):  # a second-life label was found on some
        code = stage.codes.second(UTILIZERS[0], "B", day_of(since_us))
        pack.at = at_work(pack.at, 30, rng)
        identify(stage, pack, here, code, rng)
    if chance(rng, 0.04):  # stolen from the station, found again
        _stolen_and_found(stage, pack, here, rng)
    else:
        left_us = serve_site(stage, depot, place, pack, rng.uniform(1.5, 6), rng)
        if pack.name.startswith("asset:") and not stage.book.has_happened(left_us):
            stage.samples.setdefault("asset", pack.name)
    return pack


def _stolen_and_found(stage: Stage, pack: Pack, here: Post, rng: Random) -> None:
    at_us = pack.pass_time(rng.randint(60, 500), rng)
    found_us = at_work(at_us, 20, rng)
    if not stage.book.has_happened(found_us):
        return
    since = {"since": str(day_of(at_us - 2 * DAY_US))}
    stage.book.tell(here, "lost", at_us, since, pack.name)
    pack.at = found_us
    outlet = stage.province.near("outlet", pack.prefecture, rng)
    take_in(stage, pack, outlet, rng)


def void(stage: Stage, made_us: int, rng: Random) -> Pack:
    """A code that was filed and never used."""
    pack = produce(stage, made_us, rng)
    maker = maker_of(stage, pack)
    told = {"reason": "下线检验不合格，编码未使用"}
    stage.book.tell(maker, "voided", pack.pass_time(rng.randint(2, 20), rng), told, pack.name)
    return pack


def emigrate(stage: Stage, since_us: int, told_us: int, rng: Random) -> Pack:
    """A vehicle that is sold out of the province or the country."""
    pack = declare_in_use(stage, since_us, told_us, rng)
    dealer = rng.choice(stage.province.posts["dealer"][:-1])
    if chance(rng, 0.4):  # sold first, to somebody without an account
        buyer = {"to": rng.choice(_BUYERS), "basis": "sale"}
        at_us = pack.pass_time(rng.randint(60, 200), rng)
        stage.book.tell(dealer, "owner_changed", at_us, buyer, pack.name)
    at_us = pack.pass_time(rng.randint(100, 900), rng)
    if chance(rng, 0.7):  # most stay in the country
        told = {"province": rng.choice(("51", "52", "45", "50"))}
        stage.book.tell(dealer, "left_province", at_us, told, pack.name)
    else:
        stage.book.tell(dealer, "exported", at_us, {"destination": "老挝"}, pack.name)
    return pack
