"""How packs enter the record: made here or elsewhere, or in the middle of their lives."""

from random import Random
from typing import Final

from dianchi.demo.clock import DAY_US, at_work, day_of
from dianchi.demo.dice import chance
from dianchi.demo.firms import SHARES, SHORT, Post
from dianchi.demo.packs import (
    STRANGERS,
    SWAP_MODEL,
    VENDORS,
    Model,
    Pack,
    chosen_model,
    number,
    ratings,
)
from dianchi.demo.stage import Stage

_MODULES_TOLD: Final = 0.35
_SHIPMENT: Final = 8
_SHIPMENT_DAYS: Final = 12


def prefecture_of_sale(rng: Random) -> str:
    """Where a vehicle is sold: Kunming most."""
    return rng.choices(list(SHARES), list(SHARES.values()))[0]


def new_pack(
    stage: Stage, vendor: str, made_us: int, rng: Random, model: Model | None = None
) -> Pack:
    """A pack that leaves the line at a moment; nothing is reported yet."""
    kind = model or chosen_model(rng)
    name = stage.codes.pack(vendor, kind, day_of(made_us))
    fade = {"commercial": 5.2, "swap": 5.6}.get(kind.use, 2.9) * rng.uniform(0.8, 1.25)
    weight = kind.kg * rng.uniform(0.993, 1.004)
    return Pack(name, kind, made_us, weight, prefecture_of_sale(rng), fade=fade, vendor=vendor)


def produce(stage: Stage, made_us: int, rng: Random) -> Pack:
    """A pack made by a maker with an account, or imported by one."""
    makers = [*stage.province.posts["maker"], *stage.province.posts["importer"]]
    place = rng.choices(range(len(makers)), (30, 18, 26, 22, 4))[0]
    pack = new_pack(stage, VENDORS[place], made_us, rng)
    data = ratings(pack.model)
    if rng.random() < _MODULES_TOLD:
        made = day_of(made_us)
        pack.modules = [
            stage.codes.pack(pack.vendor, pack.model, made, "M") for _ in range(pack.model.modules)
        ]
        data |= {"modules": pack.modules}
    kind = "imported" if makers[place].role == "importer" else "produced"
    stage.book.tell(makers[place], kind, pack.at, data, pack.name)
    pack.born = data
    return pack


def maker_of(stage: Stage, pack: Pack) -> Post:
    """Who made a pack that was produced here."""
    makers = [*stage.province.posts["maker"], *stage.province.posts["importer"]]
    return makers[VENDORS.index(pack.vendor)]


def fit(stage: Stage, pack: Pack, by: Post, rng: Random) -> None:
    """Fits a pack into a new vehicle and sells that."""
    at_us = pack.pass_time(rng.randint(2, 18), rng)
    pack.vin = stage.codes.vin(day_of(at_us).year, rng)
    stage.book.tell(
        by, "installed", at_us, {"host": {"kind": "vehicle", "id": pack.vin}}, pack.name
    )
    seller = (
        by if chance(rng, 0.5) else rng.choice(stage.province.posts["dealer"][:-1])
    )  # half of them
    stage.book.tell(
        seller,
        "sold",
        pack.pass_time(rng.randint(4, 55), rng),
        {"prefecture": pack.prefecture, "vin": pack.vin},
        pack.name,
    )


def ship(stage: Stage, packs: list[Pack], rng: Random) -> None:
    """Sends new packs to vehicle makers in lorry loads, with both sides reported."""
    loads: dict[tuple[str, int], list[Pack]] = {}
    for pack in sorted(packs, key=lambda pack: (pack.at, pack.name)):
        window = pack.at // (_SHIPMENT_DAYS * DAY_US)
        loads.setdefault((pack.vendor, window), []).append(pack)
    for (_, window), load in sorted(loads.items(), key=lambda item: item[0][::-1]):
        end_us = (window + 1) * _SHIPMENT_DAYS * DAY_US
        for start in range(0, len(load), _SHIPMENT):
            part = load[start : start + _SHIPMENT]
            to = rng.choice(stage.province.posts["vehicle_maker"])
            stage.hand_over(maker_of(stage, part[0]), to, part, at_work(end_us, 1, rng), rng)
            for pack in part:
                fit(stage, pack, to, rng)


def declare_in_use(stage: Stage, since_us: int, told_us: int, rng: Random) -> Pack:
    """A pack of a maker without an account, first heard of when it is on the road."""
    pack = new_pack(stage, rng.choice(STRANGERS), since_us, rng)
    pack.pass_time((told_us - since_us) // DAY_US, rng)
    pack.vin = stage.codes.vin(day_of(since_us).year, rng)
    importing = chance(rng, 0.3)  # what the national platform knew
    by = (
        stage.province.posts["regulator"][0]
        if importing
        else stage.province.near("workshop", pack.prefecture, rng)
    )
    data = ratings(pack.model) | {
        "stage": "in_use",
        "basis": "national_import" if importing else "opening_stock",
        "since": str(day_of(since_us)),
        "host": {"kind": "vehicle", "id": pack.vin},
    }
    told = stage.book.tell(by, "declared", pack.at, data, pack.name)
    if importing:
        stage.book.only_the_day(told)
    return pack


def declare_own(stage: Stage, by: Post, told_us: int, rng: Random) -> Pack:
    """A vehicle of the organisation's own, of which it declares the battery."""
    since_us = told_us - rng.randint(900, 1900) * DAY_US
    pack = new_pack(stage, rng.choice(STRANGERS), since_us, rng)
    pack.vin, pack.at = stage.codes.vin(day_of(since_us).year, rng), told_us
    data = ratings(pack.model) | {
        "stage": "in_use",
        "basis": "opening_stock",
        "since": str(day_of(since_us)),
        "host": {"kind": "vehicle", "id": pack.vin},
    }
    stage.book.tell(by, "declared", told_us, data, pack.name)
    return pack


def declare_swap_box(stage: Stage, told_us: int, rng: Random) -> Pack:
    """A swap box under its own coding scheme, put into the pool of a swap station."""
    operator = stage.province.posts["swap_operator"][0]
    pack = new_pack(stage, STRANGERS[0], told_us, rng, SWAP_MODEL)
    pack.name = f"gbt40098:{stage.codes.number('YNSW' + str(day_of(told_us).year))}"
    pack.prefecture = "530100"
    data = ratings(pack.model) | {"stage": "made", "basis": "opening_stock"}
    stage.book.tell(operator, "declared", pack.at, data, pack.name)
    station = {"kind": "swap_pool", "id": f"KM-SWAP-{rng.randint(1, 9)}"}
    stage.book.tell(
        operator,
        "installed",
        pack.pass_time(rng.randint(2, 9), rng),
        {"host": station, "swap_capable": True},
        pack.name,
    )
    pack.vin = station["id"]
    return pack


def unlabelled(stage: Stage, prefecture: str) -> str:
    """A temporary name of the block that a prefecture's outlets were given."""
    letters = SHORT[prefecture][1]
    return f"tmp:{letters}26-{int(stage.codes.number('tmp' + letters).rpartition('-')[2])}"


def soh(pack: Pack) -> dict[str, str]:
    """What a tester shows."""
    return {"soh_percent": number(pack.soh)}
