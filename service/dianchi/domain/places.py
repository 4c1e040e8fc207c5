"""Provinces of China and prefectures of Yunnan, parsed or refused (GB/T 2260)."""

import re
import unicodedata
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

from dianchi.domain.refusals import Malformed, Text

_EARTH_RADIUS_KM: Final = 6371.0


@dataclass(frozen=True, slots=True)
class Province:
    """A province-level unit: two-digit GB/T 2260 code and names."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Prefecture:
    """A prefecture of Yunnan; the position is that of its seat, to about 5 km (R-h)."""

    code: str
    zh: str
    en: str
    plate: str
    latitude: float
    longitude: float


YUNNAN: Final = (
    Prefecture("530100", "昆明市", "Kunming", "云A", 25.04, 102.71),
    Prefecture("530300", "曲靖市", "Qujing", "云D", 25.49, 103.80),
    Prefecture("530400", "玉溪市", "Yuxi", "云F", 24.35, 102.54),
    Prefecture("530500", "保山市", "Baoshan", "云M", 25.12, 99.17),
    Prefecture("530600", "昭通市", "Zhaotong", "云C", 27.34, 103.72),
    Prefecture("530700", "丽江市", "Lijiang", "云P", 26.87, 100.23),
    Prefecture("530800", "普洱市", "Pu'er", "云J", 22.78, 100.98),
    Prefecture("530900", "临沧市", "Lincang", "云S", 23.88, 100.09),
    Prefecture("532300", "楚雄彝族自治州", "Chuxiong Yi", "云E", 25.04, 101.55),
    Prefecture("532500", "红河哈尼族彝族自治州", "Honghe Hani and Yi", "云G", 23.37, 103.38),
    Prefecture("532600", "文山壮族苗族自治州", "Wenshan Zhuang and Miao", "云H", 23.37, 104.24),
    Prefecture("532800", "西双版纳傣族自治州", "Xishuangbanna Dai", "云K", 22.01, 100.80),
    Prefecture("532900", "大理白族自治州", "Dali Bai", "云L", 25.59, 100.23),
    Prefecture("533100", "德宏傣族景颇族自治州", "Dehong Dai and Jingpo", "云N", 24.43, 98.58),
    Prefecture("533300", "怒江傈僳族自治州", "Nujiang Lisu", "云Q", 25.85, 98.86),
    Prefecture("533400", "迪庆藏族自治州", "Diqing Tibetan", "云R", 27.82, 99.71),
)
"""Codes V [S26]; plates and seats R-h. 530200 does not exist; 滇中新区 has no code of its own."""

_PROVINCES: Final = """
11 北京市 Beijing|12 天津市 Tianjin|13 河北省 Hebei|14 山西省 Shanxi|15 内蒙古自治区 Inner Mongolia
21 辽宁省 Liaoning|22 吉林省 Jilin|23 黑龙江省 Heilongjiang|31 上海市 Shanghai|32 江苏省 Jiangsu
33 浙江省 Zhejiang|34 安徽省 Anhui|35 福建省 Fujian|36 江西省 Jiangxi|37 山东省 Shandong
41 河南省 Henan|42 湖北省 Hubei|43 湖南省 Hunan|44 广东省 Guangdong|45 广西壮族自治区 Guangxi
46 海南省 Hainan|50 重庆市 Chongqing|51 四川省 Sichuan|52 贵州省 Guizhou|53 云南省 Yunnan
54 西藏自治区 Tibet|61 陕西省 Shaanxi|62 甘肃省 Gansu|63 青海省 Qinghai
64 宁夏回族自治区 Ningxia|65 新疆维吾尔自治区 Xinjiang|71 台湾省 Taiwan
81 香港特别行政区 Hong Kong|82 澳门特别行政区 Macau
"""

PROVINCES: Final = tuple(
    Province(*row.split(" ", 2)) for row in _PROVINCES.strip().replace("\n", "|").split("|")
)
"""The 34 units of GB/T 2260 (R-h)."""

_UNIT: Final = re.compile(
    "(市|省|(壮族|回族|维吾尔)?自治区|特别行政区"
    "|(彝族|哈尼族彝族|壮族苗族|傣族|白族|傣族景颇族|傈僳族|藏族)自治州)$"
)
_PEOPLES: Final = re.compile(
    "( (yi|hani and yi|zhuang and miao|dai|bai|dai and jingpo|lisu|tibetan))?"
    "( (city|province|prefecture|autonomous (region|prefecture)))?$"
)
_ALIASES: Final = {"deqen": "533400", "xizang": "54", "macao": "82", "neimenggu": "15"}


def _plain(text: str) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    for mark in ("'", "’", "`"):
        folded = folded.replace(mark, "")
    return _PEOPLES.sub("", _UNIT.sub("", folded))


_PREFECTURES: Final = {
    key: p for p in YUNNAN for key in (p.code[:4], _plain(p.zh), _plain(p.zh) + "州", _plain(p.en))
}
_BY_PROVINCE: Final = {key: p for p in PROVINCES for key in (p.code, _plain(p.zh), _plain(p.en))}


def parse_prefecture(text: str) -> Prefecture:
    """A prefecture of Yunnan by code (also a county's), Chinese or English name."""
    plain = _plain(text)
    key = _ALIASES.get(plain, plain)
    found = _PREFECTURES.get(key[:4] if re.fullmatch("53[0-9]{4}", key) else key)
    if found is None:
        raise Malformed(
            "invalid_value",
            Text(f"“{text[:40]}”不是云南的州(市)。", f"'{text[:40]}' is no Yunnan prefecture."),
            Text("例如 530100 或 昆明市。", "For example 530100 or Kunming."),
        )
    return found


def parse_province(text: str) -> Province:
    """A province by its two-digit code (or six digits), Chinese or English name."""
    plain = _plain(text)
    key = _ALIASES.get(plain, plain)
    found = _BY_PROVINCE.get(key[:2] if re.fullmatch("[0-9]{2}0000", key) else key)
    if found is None:
        raise Malformed(
            "invalid_value",
            Text(f"“{text[:40]}”不是省级行政区。", f"'{text[:40]}' is no province of China."),
            Text("例如 53 或 云南省。", "For example 53 or Yunnan."),
        )
    return found


def distance_km(a: Prefecture, b: Prefecture) -> float:
    """Great-circle distance between two seats: the least that any road can be."""
    phi_a, phi_b = radians(a.latitude), radians(b.latitude)
    half_phi, half_lambda = (phi_b - phi_a) / 2, radians(b.longitude - a.longitude) / 2
    chord = sin(half_phi) ** 2 + cos(phi_a) * cos(phi_b) * sin(half_lambda) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
