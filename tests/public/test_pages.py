"""The public pages: small, safe, in two languages, readable by anybody."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from dianchi.domain.places import YUNNAN
from dianchi.domain.vocabulary import STAGES as STAGE_WORDS
from dianchi.exchange.language import Language
from dianchi.look.pages import STYLE
from dianchi.public.pages import (
    CSP,
    Links,
    Outlet,
    PublicBattery,
    absent_page,
    battery_page,
    outlets_page,
    places_page,
    welcome_page,
)
from dianchi.public.papers import PublicReceipt, receipt_page
from dianchi.public.words import KINDS, QUARANTINED, STAGES

CODE = "001PB0A1234567A180000012"
HOSTILE = "</style><script>alert('x')</script>\"><img src=x onerror=alert(1)>{{ 7*7 }}"
A_RECEIPT = PublicReceipt(
    number="SJ-20260602-ABCDEFGH",
    outlet=HOSTILE,
    site="六库镇第一网点",
    day="2026-06-02 07:30",
    count=12,
    mass_kg=None,
    logged=False,
    withdrawn=False,
)
MANY_OUTLETS = [
    Outlet(f"第{number}网点{HOSTILE[:20]}", "怒江再生资源有限公司", f"5301{number % 16:02d}")
    for number in range(120)
]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
VOID = {"meta", "link", "br", "img", "rect", "path", "circle"}


def a_battery(stage: str = "in_use", **facts: object) -> PublicBattery:
    full: dict[str, object] = {
        "name": CODE,
        "kind": "pack",
        "chemistry": "lfp",
        "capacity_ah": "280.00",
        "energy_kwh": "14.336",
        "maker": "四川蜀能动力电池有限公司",
        "made_month": "2026-03",
    }
    return PublicBattery(stage=stage, **(full | facts))  # type: ignore[arg-type]


class Outline(HTMLParser):
    """The elements of a page; fails on one that is closed out of turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.words.append(data.strip())

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def every_page(language: Language) -> list[str]:
    return [
        *(battery_page(a_battery(stage), language) for stage in STAGES),
        battery_page(
            a_battery(quarantined=True, revision=2, second_life=True, synthetic=True), language
        ),
        absent_page(HOSTILE, "hint", language),
        absent_page("X" * 5000, None, language),
        welcome_page(Links(samples=(CODE, "asset:云塔公司:1/2"), synthetic=True), language),
        welcome_page(Links(), language),
        receipt_page(A_RECEIPT, language),
        receipt_page(replace(A_RECEIPT, withdrawn=True), language),
        receipt_page(None, language),
        places_page({"530100": 3}, language),
        outlets_page(YUNNAN[0], MANY_OUTLETS, language),
        outlets_page(YUNNAN[1], (), language),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_small_and_runs_nothing(language: Language) -> None:
    for page in every_page(language):
        assert len(page.encode()) < 30_000
        outline = Outline(page)
        assert not outline.open
        assert not outline.tags("script")
        for _, attributes in outline.elements:
            assert not any(name.startswith("on") or name == "style" for name in attributes)
            address = attributes.get("href") or attributes.get("src") or ""
            assert not address.startswith(("http:", "https:", "//"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_can_be_read_aloud(language: Language) -> None:
    for page in every_page(language):
        outline = Outline(page)
        assert outline.tags("html") == [{"lang": "zh-CN" if language == "zh" else "en"}]
        for once in ("title", "main", "h1", "header", "footer"):
            assert len(outline.tags(once)) == 1, once
        headings = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch("h[1-6]", tag)]
        assert headings[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(headings))
        svgs = outline.tags("svg")
        assert all(svg.get("aria-hidden") == "true" for svg in svgs)


def test_the_policy_allows_the_one_style_sheet() -> None:
    page = battery_page(a_battery(), "zh")
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in CSP
    assert "unsafe" not in CSP


@pytest.mark.parametrize("field", ["name", "maker", "kind", "chemistry", "made_month", "stage"])
def test_hostile_text_stays_text(field: str) -> None:
    facts = {field: HOSTILE}
    battery = a_battery(**facts) if field != "stage" else a_battery(HOSTILE)
    for language in LANGUAGES:
        outline = Outline(battery_page(battery, language))
        assert not outline.tags("script")
        assert not outline.tags("img")


def test_hostile_questions_stay_text() -> None:
    for page in (
        absent_page(HOSTILE, HOSTILE, "en"),
        welcome_page(Links(samples=(HOSTILE,)), "en"),
    ):
        outline = Outline(page)
        assert not outline.tags("script")
        assert not outline.tags("img")
        assert "49" not in outline.words


@pytest.mark.parametrize("stage", STAGE_WORDS)
def test_every_stage_has_a_word_and_advice_in_both_languages(stage: str) -> None:
    advice = STAGES[stage]
    assert advice.steps
    for text in (advice.word, advice.meaning, *advice.steps):
        assert re.search("[一-鿿]", text.zh)
        assert re.fullmatch("[ -~]+", text.en)
    for language, word in zip(LANGUAGES, advice.word, strict=True):
        page = battery_page(a_battery(stage), language)
        assert re.search(rf"<h1>{re.escape(word)}\b", page)


def test_no_stage_is_advised_that_does_not_exist() -> None:
    assert set(STAGES) == set(STAGE_WORDS)


def test_a_code_stands_in_groups_of_four_and_another_name_whole() -> None:
    page = battery_page(a_battery(), "zh")
    assert re.findall("<span>(.{4})</span>", page) == [
        "001P",
        "B0A1",
        "2345",
        "67A1",
        "8000",
        "0012",
    ]
    assert "<span>tmp:YN0301-17</span>" in battery_page(a_battery(name="tmp:YN0301-17"), "zh")


@pytest.mark.parametrize("stage", ["in_use", "recycled", "second_life"])
def test_a_quarantined_battery_is_not_to_be_touched_whatever_its_stage(stage: str) -> None:
    page = battery_page(a_battery(stage, quarantined=True), "zh")
    assert f"<h1>{QUARANTINED.word.zh}" in page
    assert 'class="state wrong"' in page
    assert "119" in page


def test_facts_are_told_in_the_readers_language_and_gaps_are_named() -> None:
    zh, en = (Outline(battery_page(a_battery(maker=None), one)).words for one in LANGUAGES)
    assert {"电池包", "磷酸铁锂", "280 Ah", "14.336 kWh", "2026 年 3 月", "未登记"} <= set(zh)
    assert {"battery pack", "LFP", "280 Ah", "14.336 kWh", "2026-03", "not on record"} <= set(en)


@pytest.mark.parametrize("kind", ["pack", "module", "cell", "product"])
def test_every_kind_has_a_name_in_both_languages(kind: str) -> None:
    assert KINDS[kind].en in battery_page(a_battery(kind=kind), "en")
    assert KINDS[kind].zh in battery_page(a_battery(kind=kind), "zh")


def test_second_life_label_and_synthetic_data_are_said_only_when_so() -> None:
    plain = battery_page(a_battery(), "en")
    special = battery_page(a_battery(second_life=True, revision=2, synthetic=True), "en")
    for words in ("Built from retired batteries", "The valid label is revision 2", "Demonstration"):
        assert words in special
        assert words not in plain


def test_an_older_label_is_told_that_it_was_replaced_and_a_newer_that_it_may_be_forged() -> None:
    battery = a_battery(revision=2)
    assert "yours was replaced" in battery_page(battery, "en", 1)
    assert "标签是第 1 版，有效的是第 2 版" in battery_page(battery, "zh", 1)
    assert "may be forged" in battery_page(battery, "en", 3)
    assert 'class="warning' not in battery_page(battery, "en", 2)
    assert 'class="warning' not in battery_page(a_battery(), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_and_hidden_names_cannot_be_told_apart(language: Language) -> None:
    unknown, hidden = (absent_page(name, None, language) for name in ("AAAA", "BBBB"))
    assert unknown.replace("AAAA", "BBBB") == hidden
    hinted = absent_page("AAAA", "24 or 19 characters", language)
    assert "24 or 19 characters" in hinted
    assert Outline(hinted).tags("h1") == Outline(unknown).tags("h1")


def test_the_greeting_leads_to_the_samples_and_the_documentation() -> None:
    page = welcome_page(Links(samples=(CODE, "asset:云塔:1/2")), "en")
    addresses = [link["href"] for link in Outline(page).tags("a")]
    assert f"/B/{CODE}?lang=en" in addresses
    assert "/B/asset:%E4%BA%91%E5%A1%94:1%2F2?lang=en" in addresses
    assert {"/docs", "/openapi.json"} <= set(addresses)
    assert "An example appears here" in welcome_page(Links(), "en")


def test_json_has_the_facts_the_word_and_the_advice_and_nothing_private() -> None:
    answer = a_battery("second_life", second_life=True).as_json()
    assert json.loads(json.dumps(answer)) == answer
    assert answer["battery"] == CODE
    assert answer["state"] == {"zh": "梯次使用", "en": "Second life"}
    assert len(answer["advice"]["zh"]) == len(answer["advice"]["en"]) > 0
    assert set(answer) == {
        "battery", "stage", "quarantined", "kind", "chemistry", "capacity_ah", "energy_kwh",
        "maker", "made_month", "revision", "second_life", "synthetic", "state", "advice", "recalls",
    }  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def schemes() -> list[dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in (light, dark)]
    return [found[0], found[0] | found[1]]


@pytest.mark.parametrize("scheme", schemes(), ids=("light", "dark"))
def test_text_stands_out_from_its_ground(scheme: dict[str, str]) -> None:
    pairs = [(text, ground) for text in ("ink", "muted", "link") for ground in ("paper", "card")]
    for text, ground in [*pairs, ("on-notice", "notice")]:
        assert contrast(scheme[text], scheme[ground]) >= 4.5, (text, ground)
    for tone in ("calm", "due", "wrong", "ended"):
        assert contrast("#ffffff", scheme[tone]) >= 4.5, tone


def test_outlets_stand_under_the_name_of_their_county_or_its_code_where_that_is_new() -> None:
    told = [Outlet("甲网点", "某公司", county) for county in ("530126", "530199", None)]

    page = outlets_page(YUNNAN[0], told, "zh")
    english = outlets_page(YUNNAN[0], told, "en")

    assert [
        each for each in ("石林彝族自治县", "区县 530199", "未登记区县") if each not in page
    ] == []
    assert "<h2>Shilin Yi</h2>" in english
