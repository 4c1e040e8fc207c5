"""How the national platform is spoken to: named profiles, as dated data.

No specification is public. What is marked `V` was read in one public test client (March 2020);
what is marked `A` is assumed, because that client shows nothing of it, and has to be looked at in
the joint test (联调) before anything is pushed in earnest. Another form of it is another row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from dianchi.domain.refusals import Text

Verdict = Literal["taken", "exists", "again", "credentials", "refused"]
"""What an answer means for what was sent: it is there; it was there; ask later; look at the
credentials; look at what was sent."""
Mark = Literal["V", "A"]


@dataclass(frozen=True, slots=True)
class Code:
    """A code of an answer."""

    code: int
    verdict: Verdict
    text: Text
    mark: Mark = "A"


@dataclass(frozen=True, slots=True)
class Members:
    """What the members of the nested form are called; the first name is written, all are read."""

    vin: tuple[str, ...]
    made: tuple[str, ...]
    packs: tuple[str, ...]
    code: tuple[str, ...]
    model: tuple[str, ...]
    day: tuple[str, ...]
    order: tuple[str, ...]
    modules: tuple[str, ...]
    cells: tuple[str, ...]
    cell_model: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaleMembers:
    """What is told of a sale: the day, the code of the prefecture, and what kind of owner."""

    day: str
    area: str
    buyer: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One form of the interface.

    Attributes:
        path: behind the base address, where vehicles are received.
        cipher: `aes-128-ecb`, PKCS #7 padding, base64 around it.
        key_form: how the AES key follows from the key that was issued; `sha1prng`: as Java's
            generator of that name makes 128 bits of a seed.
        sign: `hmac-md5-hex` of the encrypted text, under the key that was issued.
        moment: how times are written.
        vehicle: further members of a vehicle, which our record does not know.
        sale: members of a vehicle that was sold; written where its organisation asks for it.
        codes: by number; whatever is not listed counts as refused and is shown as it came.
        marks: what of this was seen, and what is assumed.
    """

    name: str
    title: Text
    since: date
    path: str
    cipher: Literal["aes-128-ecb"]
    key_form: Literal["sha1prng"]
    sign: Literal["hmac-md5-hex"]
    moment: str
    members: Members
    vehicle: tuple[str, ...]
    sale: SaleMembers
    codes: Mapping[int, Code] = field(repr=False)
    marks: tuple[tuple[str, Mark, Text], ...] = field(repr=False)


_CODES: Final = (
    Code(200, "taken", Text("已接收", "taken")),
    Code(401, "credentials", Text("令牌无效或已过期", "the token is not valid any more")),
    Code(403, "credentials", Text("签名不符", "the signature does not fit")),
    Code(409, "exists", Text("平台上已有这辆车", "the platform has this vehicle already")),
    Code(429, "again", Text("平台要求放慢", "the platform asks to be left alone for a while")),
    Code(500, "again", Text("平台内部错误", "the platform failed")),
)
_MARKS: Final[tuple[tuple[str, Mark, Text], ...]] = (
    ("path", "V", Text("接口路径", "the path")),
    ("cipher", "V", Text("AES/ECB/PKCS5 与 Base64", "AES in ECB with PKCS #5, in base64")),
    ("key_form", "V", Text("密钥由 SHA1PRNG 派生", "the key by SHA1PRNG of what was issued")),
    ("sign", "V", Text("对密文做 HMAC-MD5，小写十六进制", "HMAC-MD5 of the encrypted text, hex")),
    ("timestamp", "V", Text("毫秒整数，不在签名内", "milliseconds, not covered by the signature")),
    ("authorization", "V", Text("Bearer 令牌", "a bearer token")),
    ("members", "V", Text("成员名（两种写法都见过）", "names of members, two spellings of some")),
    (
        "sale",
        "A",
        Text("销售去向的成员名与取值均为假定", "how a sale is told is assumed"),
    ),
    (
        "loose",
        "A",
        Text("没有装车的电池没有位置", "a pack without a vehicle has no place"),
    ),
    ("answer", "V", Text("code 加 data 或 msg，均加密", "code, and data or msg, encrypted")),
    ("codes", "A", Text("代码含义均为假定", "what the codes mean is assumed, all of it")),
    ("repeats", "A", Text("同一 VIN 重复上报只存一份", "one VIN sent again is kept once")),
    ("token", "A", Text("令牌如何取得、何时过期未知", "how a token is had, and when it ends")),
)
_MEMBERS: Final = Members(
    vin=("vin",),
    made=("offlineProductionTime", "productionDate"),
    packs=("packCodeList", "packList", "packs"),
    code=("code",),
    model=("modelId",),
    day=("productionDate",),
    order=("orderNo", "orderCode"),
    modules=("moduleList", "modules"),
    cells=("cellList", "cells"),
    cell_model=("cellModelId",),
)
PROFILES: Final[Mapping[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile(
            name="receive-vehicle-2020",
            title=Text("国家平台 receiveVehicleOld（2020）", "receiveVehicleOld of 2020"),
            since=date(2020, 3, 18),
            path="/bitnei/v1.0/battery/receiveVehicleOld",
            cipher="aes-128-ecb",
            key_form="sha1prng",
            sign="hmac-md5-hex",
            moment="%Y-%m-%d %H:%M:%S",
            members=_MEMBERS,
            vehicle=(
                "offlineProductionTime",
                "vehModelName",
                "systemCode",
                "vehicleBrand",
                "vehicleName",
                "vehicleType",
            ),
            sale=SaleMembers("saleTime", "saleArea", "ownerType"),
            codes={row.code: row for row in _CODES},
            marks=_MARKS,
        ),
    )
}
NEWEST: Final = "receive-vehicle-2020"


def meaning(profile: Profile, code: int) -> Code:
    """What a code means; one that nobody knows is a refusal with a number."""
    known = profile.codes.get(code)
    return known or Code(
        code,
        "refused",
        Text(
            f"平台拒收，代码 {code}，含义未公开", f"refused with the code {code}, nobody says why"
        ),
    )
