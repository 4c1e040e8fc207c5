"""The organisations of the synthetic province, clearly named as such (示范)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final, NamedTuple

from dianchi.domain.identifiers import uscc_check
from dianchi.domain.places import YUNNAN
from dianchi.domain.registry import organisation_id

JOINED: Final = date(2018, 8, 1)
PERMIT_FROM, PERMIT_TO = date(2018, 1, 1), date(2035, 12, 31)
_PERMITS: Final = {
    "outlet": "recycling_outlet",
    "dismantler": "vehicle_dismantling",
    "utilizer": "comprehensive_utilization",
    "recycler": "comprehensive_utilization",
}

SHORT: Final = {
    "530100": ("昆明", "KM"), "530300": ("曲靖", "QJ"), "530400": ("玉溪", "YX"),
    "530500": ("保山", "BS"), "530600": ("昭通", "ZT"), "530700": ("丽江", "LJ"),
    "530800": ("普洱", "PE"), "530900": ("临沧", "LC"), "532300": ("楚雄", "CX"),
    "532500": ("红河", "HH"), "532600": ("文山", "WS"), "532800": ("版纳", "BN"),
    "532900": ("大理", "DL"), "533100": ("德宏", "DH"), "533300": ("怒江", "NJ"),
    "533400": ("迪庆", "DQ"),
}  # fmt: skip
SHARES: Final = {
    "530100": 38, "530300": 11, "530400": 8, "532500": 8, "532900": 7, "532800": 5,
    "530600": 4, "532300": 4, "530500": 3, "532600": 3, "530800": 3, "533100": 2,
    "530700": 2, "530900": 2, "533400": 1, "533300": 1,
}  # fmt: skip
"""Where vehicles are sold, per cent; a guess from population, Kunming most (synthetic)."""
_OUTLETS: Final = {"530100": 6, "530300": 3, "530400": 3, "532500": 2, "532900": 2, "532800": 2}
_WORKSHOPS: Final = {"530100": 4, "530300": 2, "530400": 2}

# role | prefecture, or province of the seat where it is outside Yunnan | name | site, its kind
_TABLE: Final = """
maker           | 530100 | 滇中新能源电池制造示范 | DZ-P1 plant
maker           | 530300 | 曲靖锂电示范 | QJ-P1 plant
maker           | 35     | 宁德远海电池示范 | ND-P1 plant
maker           | 44     | 深圳南岭电池示范 | SZ-P1 plant
importer        | 53     | 云岭进出口示范 | YL-I1 warehouse
vehicle_maker   | 530100 | 昆明云行客车制造示范 | KM-V1 plant
vehicle_maker   | 44     | 深圳岭南汽车示范 | SZ-V1 plant
vehicle_maker   | 45     | 柳州桂车示范 | LZ-V1 plant
swap_operator   | 530100 | 昆明快换能源示范 | KM-S1 depot
site_operator   | 530100 | 云南通信基础设施示范 | YT-D1 depot
site_operator   | 530100 | 滇云数据中心示范 | DC-D1 depot
utilizer        | 530100 | 昆明安宁综合利用示范 | AN-U1 plant
utilizer        | 530300 | 曲靖综合利用示范 | QJ-U1 plant
utilizer        | 530400 | 玉溪综合利用示范 | YX-U1 plant
recycler        | 530400 | 玉溪再生材料示范 | YX-R1 plant
recycler        | 530300 | 曲靖再生材料示范 | QJ-R1 plant
dismantler      | 530100 | 昆明报废汽车拆解示范 | KM-X1 plant
dismantler      | 530300 | 曲靖报废汽车拆解示范 | QJ-X1 plant
dismantler      | 532500 | 红河报废汽车拆解示范 | HH-X1 plant
dismantler      | 532900 | 大理报废汽车拆解示范 | DL-X1 plant
dealer          | 530100 | 昆明春城汽车销售示范 | KM-C1 shop
dealer          | 530300 | 曲靖珠江源汽车销售示范 | QJ-C1 shop
dealer          | 532900 | 大理苍洱汽车销售示范 | DL-C1 shop
dealer          | 532500 | 红河汽车销售示范 | HH-C1 shop
dealer          | 530600 | 昭通旧货商行示范 | ZT-T1 shop
regulator       | 53     | 云南省主管部门示范 |
regulator       | 530100 | 昆明市主管部门示范 |
regulator       | 530300 | 曲靖市主管部门示范 |
auditor         | 53     | 云南审计示范 |
"""


@dataclass(frozen=True, slots=True)
class Firm:
    """An organisation as it is enrolled."""

    name: str
    uscc: str
    role: str
    province: str
    prefecture: str | None

    @property
    def id(self) -> str:
        """The id that the registry gives it."""
        return organisation_id(self.uscc)

    @property
    def permit(self) -> str | None:
        """The kind of permit that its role needs."""
        return _PERMITS.get(self.role)


class Post(NamedTuple):
    """Somewhere that reports come from: an organisation in its role at one of its sites."""

    firm: Firm
    site: str | None

    @property
    def role(self) -> str:
        """The role it reports in."""
        return self.firm.role

    @property
    def id(self) -> str:
        """The id of the organisation."""
        return self.firm.id


class Place(NamedTuple):
    """A site as it is registered."""

    firm: Firm
    number: str
    name: str
    kind: str
    prefecture: str | None


@dataclass(slots=True)
class Province:
    """Everybody who reports, by role; local outlets and workshops by prefecture too.

    Attributes:
        quiet: workshops that will fall silent.
        hasty: outlets that will relabel and report of long ago in bulk.
    """

    firms: list[Firm] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    posts: dict[str, list[Post]] = field(default_factory=dict)
    local: dict[tuple[str, str], list[Post]] = field(default_factory=dict)
    centrals: list[Post] = field(default_factory=list)
    stations: list[Place] = field(default_factory=list)
    halls: list[Place] = field(default_factory=list)
    quiet: list[Post] = field(default_factory=list)
    hasty: list[Post] = field(default_factory=list)

    def add(self, role: str, seat: str, name: str, site: tuple[str, str] | None) -> Post:
        """Founds an organisation that takes part in the lives of batteries."""
        post = self.enlist(role, seat, name, site)
        self.posts.setdefault(role, []).append(post)
        self.local.setdefault((role, post.firm.prefecture or ""), []).append(post)
        return post

    def enlist(self, role: str, seat: str, name: str, site: tuple[str, str] | None) -> Post:
        """Founds an organisation with at most one site of its own."""
        code, prefecture = seat[:2], seat if len(seat) > len("53") else None
        stem = f"91{seat:0<6}DEMX{len(self.firms) + 1:05d}"
        firm = Firm(name, stem + uscc_check(stem), role, code, prefecture)
        self.firms.append(firm)
        post = Post(firm, site[0] if site else None)
        if site:
            self.places.append(Place(firm, site[0], name, site[1], prefecture))
        return post

    def near(self, role: str, prefecture: str, rng: Random) -> Post:
        """Somebody in this role in the prefecture, else anywhere in the province."""
        return rng.choice(self.local.get((role, prefecture)) or self.posts[role])


def found(seed: int) -> Province:
    """The organisations with their sites; the stations of the tower operator depend on the seed."""
    province = Province()
    for row in _TABLE.strip().splitlines():
        role, seat, name, site = (cell.strip() for cell in row.split("|"))
        number, _, kind = site.partition(" ")
        province.add(role, seat, name, (number, kind) if site else None)
    for prefecture in YUNNAN:
        _found_local(province, prefecture.code)
    tower, centre = province.posts["site_operator"]
    rng = Random(f"stations/{seed}")
    province.stations = list(_stations(tower.firm, rng))
    province.halls = [
        Place(centre.firm, f"DC-{n}", f"{SHORT[code][0]}数据机房{n}示范", "data_centre", code)
        for n, code in enumerate(("530100", "530100", "530300", "532900"), 1)
    ]
    province.places += [*province.stations, *province.halls]
    _found_dishonest(province)
    return province


def _found_dishonest(province: Province) -> None:
    for n, code in enumerate(("530600", "530800", "530900", "532600", "533300"), 1):
        name, letters = SHORT[code]
        site = f"{letters}-Z{n}", "workshop"
        province.quiet.append(province.enlist("workshop", code, f"{name}停业新能源汽修示范", site))
    for n, code in enumerate(("530100", "532500"), 1):
        name, letters = SHORT[code]
        site = f"{letters}-Z{n}", "collection"
        province.hasty.append(province.enlist("outlet", code, f"{name}代办回收服务网点示范", site))


def _found_local(province: Province, code: str) -> None:
    name, letters = SHORT[code]
    for n in range(1, _OUTLETS.get(code, 1) + 1):
        central = n == 1 and code in ("530100", "532900", "532500")
        kind = "central" if central else "collection"
        site = f"{letters}-{n:02d}", kind
        post = province.add("outlet", code, f"{name}第{n}回收服务网点示范", site)
        if central:
            province.centrals.append(post)
    for n in range(1, _WORKSHOPS.get(code, 1) + 1):
        site = f"{letters}-W{n}", "workshop"
        province.add("workshop", code, f"{name}第{n}新能源汽修示范", site)


def _stations(tower: Firm, rng: Random) -> Iterator[Place]:
    codes, weights = list(SHARES), list(SHARES.values())
    for n in range(1, 161):
        code = rng.choices(codes, weights)[0]
        name, letters = SHORT[code]
        yield Place(tower, f"{letters}-BTS{n:04d}", f"{name}{n}号基站示范", "base_station", code)
