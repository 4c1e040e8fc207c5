"""The published catalogue of findings, and their sentences."""

import json
import re
from pathlib import Path

import pytest

from dianchi.domain import finding_rows, finding_rows_wider
from dianchi.domain.findings import (
    CATALOGUE,
    SEVERITIES,
    VARIANTS,
    Finding,
    FindingKind,
    catalogue_document,
    kind_of,
    new_only,
    render,
    severity_of,
)

ROWS = (
    *finding_rows.LIFE_ROWS,
    *finding_rows_wider.MARK_ROWS,
    *finding_rows_wider.LINK_ROWS,
    *finding_rows_wider.CLOCK_ROWS,
)
PLACEHOLDER = re.compile(r"\{(\w+)\}")
DOMAIN = Path(finding_rows.__file__).parent


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}/{row.what}")
def test_every_row_names_the_same_values_in_both_languages(row: FindingKind) -> None:
    assert row.severity in SEVERITIES
    assert row.kind in ("life", "link", "clock")
    assert sorted(PLACEHOLDER.findall(row.sentence.zh)) == sorted(
        PLACEHOLDER.findall(row.sentence.en)
    )
    assert all((*row.title, *row.closes_when))


def test_no_code_stands_twice_and_every_variant_has_its_code() -> None:
    assert len(CATALOGUE) + len(VARIANTS) == len(ROWS)
    assert {code for code, _ in VARIANTS} <= CATALOGUE.keys()


def test_every_code_that_the_domain_opens_is_published() -> None:
    opens = re.compile(r"(?:\.find|Finding)\(\s*\"(\w+)\"")
    opened = {
        code
        for file in DOMAIN.rglob("*.py")
        for code in opens.findall(file.read_text(encoding="utf-8"))
    }
    assert opened >= {"broken_chain", "duplicate_code", "late_report", "child_in_two_parents"}
    assert opened <= CATALOGUE.keys()


def test_a_sentence_names_stages_and_reports_in_the_readers_language() -> None:
    gap = Finding(
        "broken_chain", ("e1",), {"before": "made", "after": "recycled", "type": "recycled"}
    )
    assert render(gap, "zh") == "记录从“已生产”直接变为“已再生利用”（再生利用），中间缺少上报。"
    assert render(gap, "en").startswith('The record goes from "made" straight to "recycled"')


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}/{row.what}")
def test_a_sentence_without_its_values_still_reads(row: FindingKind) -> None:
    values = {"what": row.what} if row.what else {}
    said = render(Finding(row.code, (), values), "zh")
    assert said
    assert "{" not in said


def test_an_unpublished_code_still_has_a_sentence_and_a_severity() -> None:
    assert render(Finding("no_such_code", ()), "en")
    assert severity_of(Finding("no_such_code", ())) == "medium"


def test_braces_in_a_value_are_no_placeholders() -> None:
    named = Finding("unknown_party", (), {"party": "{x} 公司"})
    assert render(named, "zh") == "{x} 公司 没有在本平台登记。"


def test_a_handover_that_is_named_like_a_word_keeps_its_name() -> None:
    open_one = Finding(
        "handover_open", (), {"handover": "A", "receiver": "other", "due": "2026-05-08"}
    )
    assert render(open_one, "zh") == "移交 A 应由 other 在 2026-05-08 前签收，尚未签收。"


def test_organisations_are_called_by_name_where_the_reader_knows_them() -> None:
    stranger = Finding("not_holder", (), {"holder": "O1", "reporter": "O2", "type": "retired"})
    said = render(stranger, "zh", {"O1": "甲网点", "O2": "乙拆解厂"})
    assert said == "乙拆解厂 上报了退役，记录中的持有方是 甲网点。"


def test_an_article_and_a_duty_are_called_as_the_reader_calls_them() -> None:
    banned = Finding("prohibited_use", (), {"application": "e_bike", "article": "Art. 22"})
    late = Finding("late_report", (), {"rule": "UTIL_IN"})
    assert render(banned, "zh") == "废旧动力电池不得用于电动自行车（第 22 条）。"
    assert render(banned, "en").endswith("(Art. 22).")
    assert "（综合利用企业入库上报）" in render(late, "zh")


def test_a_day_number_is_shown_as_a_date() -> None:
    lost = Finding("disappeared", (), {"what": "reported_lost", "day": 20_000})
    assert render(lost, "en") == "Reported lost on 2024-10-04."


def test_a_finding_keeps_its_own_severity_and_else_has_the_catalogues() -> None:
    assert severity_of(Finding("mass_gain", (), {}, "low")) == "low"
    assert severity_of(Finding("mass_gain", ())) == "medium"
    assert severity_of(Finding("illegal_receiver", (), {"what": "external"})) == "low"


def test_the_same_code_has_another_kind_where_the_clock_opens_it() -> None:
    assert kind_of(Finding("disappeared", (), {"what": "reported_lost"})).kind == "life"
    assert kind_of(Finding("disappeared", (), {"what": "silent"})).kind == "clock"


def test_repeats_and_known_findings_are_left_out() -> None:
    one, same, other = (Finding("mass_gain", ("e1",), {"n": n}) for n in (1, 2, 3))
    assert new_only([one, same]) == [one]
    assert new_only([one], known=[other]) == []


def test_the_published_document_is_json_with_all_codes_in_order() -> None:
    document = json.loads(json.dumps(catalogue_document(), ensure_ascii=False))
    assert [row["code"] for row in document] == sorted(CATALOGUE)
    (handover,) = (row for row in document if row["code"] == "handover_mismatch")
    assert {variant["what"] for variant in handover["variants"]} >= {"count", "mass"}
    assert handover["title"] == {"zh": "移交不符", "en": "Hand-over does not match"}
