"""Names of batteries: what is read, what is refused, and what the reader is told."""

from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dianchi.domain.code_tables import DAYS, MONTHS, YEARS
from dianchi.domain.codes import (
    BatteryName,
    CodeNote,
    chemistry_agrees,
    decode,
    parse_battery,
)
from dianchi.domain.refusals import Malformed

REAL = "001CB31000000DD7R0312060"

_symbols = st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_digits = st.text("0123456789", min_size=7, max_size=7)


@st.composite
def codes(draw: st.DrawFn) -> str:
    made = draw(st.dates(date(2011, 1, 1), date(2040, 12, 31)))
    year, month, day = (
        {number: symbol for symbol, number in table.items()}[part]
        for table, part in ((YEARS, made.year), (MONTHS, made.month), (DAYS, made.day))
    )
    design = draw(st.text(_symbols, min_size=3, max_size=3)) + draw(st.sampled_from("PMC"))
    design += draw(st.sampled_from("ABCDEFGZ")) + draw(st.text(_symbols, min_size=2, max_size=2))
    trace = draw(st.text(_symbols, min_size=7, max_size=7))
    production = year + month + day + draw(_digits)
    mark = "R" + draw(st.sampled_from("PMC"))
    return draw(
        st.sampled_from(
            [
                design + trace + production,
                design + production + mark,
                design + trace + production + mark,
            ]
        )
    )


def refusal(text: str) -> Malformed:
    with pytest.raises(Malformed) as refused:
        parse_battery(text)
    return refused.value


def parsed(text: str) -> BatteryName | Malformed:
    try:
        return parse_battery(text)
    except Malformed as refused:
        return refused


# --- the seven rows of battery_codes.csv ------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "canonical"),
    [
        (REAL, REAL),
        ("04qcb76836300jbc40000903", "04QCB76836300JBC40000903"),
        ("001CB23000000BD7N1909605", "001CB23000000BD7N1909605"),
        ("001CEBV0000002E4B2702590", "001CEBV0000002E4B2702590"),
        ("001cb2400000 03b3c0221953", "001CB240000003B3C0221953"),
    ],
)
def test_codes_of_real_cells_are_read(seen: str, canonical: str) -> None:
    assert str(parse_battery(seen)) == canonical
    assert parse_battery(seen).scheme == "gbt34014"


def test_a_code_with_one_character_too_many_is_refused_naming_the_count() -> None:
    refused = refusal("001CB310000000DD7R0312060")
    assert refused.code == "invalid_code"
    assert "25" in refused.what.zh
    assert "25" in refused.what.en
    assert "多了一位" in refused.way_out.zh


def test_a_serial_of_something_else_is_refused_with_the_way_to_write_it() -> None:
    refused = refusal("A765101015")
    assert "10" in refused.what.en
    assert "serial:" in refused.way_out.en


# --- GB/T 34014 -------------------------------------------------------------------------------


@given(codes())
def test_every_code_of_the_standard_is_read_in_any_typing(code: str) -> None:
    name = parse_battery(code)
    assert str(name) == code
    assert parse_battery(f" {code[:12].lower()}\r\n{code[12:].lower()}\t") == name
    assert parse_battery(f"gbt34014:{code}") == name
    assert decode(name) is not None


@given(
    st.text()
    | st.from_regex(r"(?i)(serial|asset|tmp|gbt45565):.{0,80}")
    | codes().map(lambda c: c[1:] + c[0])
)
@example("http://[/b/%FF")
@example("serial:\u0149:1")
@example("tmp:A-\u0661")
@example("asset:" + "A" * 64 + ":" + "1" * 64)
def test_parsing_raises_nothing_but_malformed_and_its_text_reads_back(text: str) -> None:
    outcome = parsed(text)
    if isinstance(outcome, Malformed):
        assert outcome.code in {"invalid_code", "invalid_date"}
        assert all((*outcome.what, *outcome.way_out))
    else:
        assert parse_battery(str(outcome)) == outcome
        assert parse_battery("HTTPS://HOST:8443/B/" + quote(str(outcome), safe="")) == outcome


def test_parts_in_the_wrong_order_are_refused_and_the_right_order_is_offered() -> None:
    refused = refusal("03B3C0221953001CB2400000")
    assert "P (pack), M (module) or C (cell)" in refused.what.en
    assert "001CB240000003B3C0221953" in refused.way_out.zh


@pytest.mark.parametrize("code", ["001CB31000000DD4O0312060", "001CB31000000DD400312060"])
def test_the_31st_of_april_is_refused_as_a_date(code: str) -> None:
    refused = refusal(code)
    assert refused.code == "invalid_date"
    assert "2023-04-31" in refused.what.zh


def test_the_29th_of_february_exists_in_leap_years_only() -> None:
    assert refusal("001CB31000000DD2X0312060").code == "invalid_date"
    assert str(parse_battery("001CB31000000DE2X0312060")) == "001CB31000000DE2X0312060"


def test_a_type_letter_outside_the_table_is_refused_naming_its_place() -> None:
    assert "Character 5 ('H')" in refusal("001CH31000000DD7R0312060").what.en


def test_a_character_that_no_code_has_is_refused_naming_its_place() -> None:
    assert "Character 9 ('*')" in refusal("001CB310*0000DD7R0312060").what.en


def test_letters_read_for_digits_in_the_serial_are_refused_with_the_likely_code() -> None:
    refused = refusal("001CB31000000DD7R03I2O60")
    assert "Character 20 ('I')" in refused.what.en
    assert REAL in refused.way_out.en


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("001CB31000000DD3U0312060", date(2023, 3, 27)),
        ("001CB31000000DD3Z0312060", date(2023, 3, 31)),
        ("001CB31000000DD3O0312060", date(2023, 3, 31)),
        ("001CB31000000DU7R0312060", date(2037, 7, 24)),
    ],
)
def test_date_symbols_of_other_tables_are_read_and_noted(code: str, made: date) -> None:
    facts = decode(parse_battery(code))
    assert facts is not None
    assert facts.made[0] == made
    assert CodeNote.DATE_CODE_VARIANT in facts.notes


@pytest.mark.parametrize(
    ("symbol", "day"), [("V", 27), ("W", 28), ("X", 29), ("Y", 30), ("0", 31), ("R", 24)]
)
def test_days_are_read_by_the_table_that_skips_i_o_q_u_z(symbol: str, day: int) -> None:
    facts = decode(parse_battery(f"001CB31000000DD7{symbol}0312060"))
    assert facts is not None
    assert facts.made == (date(2023, 7, day), date(2053, 7, day))
    assert facts.notes == ()


def test_a_second_life_code_has_19_characters_and_no_trace() -> None:
    name = parse_battery("001PB31D7R0312060RP")
    facts = decode(name)
    assert facts is not None
    assert (facts.trace, facts.reuse, facts.serial, facts.product) == ("", True, "0312060", "pack")
    assert name.marks_reuse


def test_24_characters_with_a_second_life_mark_are_read_and_noted() -> None:
    facts = decode(parse_battery(REAL + "RC"))
    assert facts is not None
    assert facts.notes == (CodeNote.LENGTH_26,)
    assert facts.reuse


def test_a_letter_where_a_digit_is_usual_is_noted_with_the_plain_reading() -> None:
    facts = decode(parse_battery("001CB3100000ODD7R0312060"))
    assert facts is not None
    assert facts.notes == (CodeNote.AMBIGUOUS_LETTER,)
    assert facts.reading == REAL


def test_a_letter_of_the_vendor_code_is_no_misreading() -> None:
    facts = decode(parse_battery("04QCB76836300JBC40000903"))
    assert facts is not None
    assert facts.notes == ()
    assert facts.vendor == "04Q"


@pytest.mark.parametrize(
    ("letter", "chemistry", "agrees"),
    [
        ("B", "lfp", True),
        ("B", "lmfp", True),
        ("B", "nmc", False),
        ("E", "nca", True),
        ("Z", "sodium_ion", True),
        ("E", "semi_solid", True),
        ("A", "semi_solid", False),
        ("B", "other", False),
        ("?", "lfp", False),
    ],
)
def test_the_type_letter_must_agree_with_the_declared_chemistry(
    letter: str, chemistry: str, *, agrees: bool
) -> None:
    assert chemistry_agrees(letter, chemistry) is agrees


# --- addresses and other schemes --------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        f"HTTPS://TRACE.EXAMPLE.CN/B/{REAL}",
        f"https://trace.example.cn:8443/b/{REAL.lower()}?from=label#top",
        f"http://127.0.0.1:8000/B/{REAL}/",
        f"https://h/b/gbt34014%3A{REAL}",
    ],
)
def test_our_own_label_is_read_from_its_address(address: str) -> None:
    assert str(parse_battery(address)) == REAL


def test_another_web_address_is_refused_as_an_address() -> None:
    assert "web address" in refusal("https://maker.example/p?id=1").what.en


@pytest.mark.parametrize(
    ("text", "canonical", "issuer", "number"),
    [
        ("Serial: catl : a/1-2 ", "serial:CATL:A/1-2", "CATL", "A/1-2"),
        ("asset:云南铁塔(昆明):Km:7", "asset:云南铁塔(昆明):KM:7", "云南铁塔(昆明)", "KM:7"),
        ("TMP:b7-0003", "tmp:B7-0003", "B7", "0003"),
        ("gbt45565:abcd1-r-99", "gbt45565:ABCD1-R-99", None, "ABCD1-R-99"),
        ("gbt40098:x9", "gbt40098:X9", None, "X9"),
    ],
)
def test_other_schemes_keep_their_value_trimmed_and_upper_cased(
    text: str, canonical: str, issuer: str | None, number: str
) -> None:
    name = parse_battery(text)
    assert (str(name), name.issuer, name.number) == (canonical, issuer, number)
    assert decode(name) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "serial:catl", "serial::1", "asset:x:", "tmp:7", "tmp:a-b", "foo:1", "gbt45565:",
        "serial:catl:a\x00b", "serial:catl:a\nb", "serial:catl:" + "1" * 65, "gbt40098:a:b",
        "x" * 5000,
    ],
)  # fmt: skip
def test_what_no_scheme_can_mean_is_refused(text: str) -> None:
    assert refusal(text).code == "invalid_code"


def test_a_name_of_a_storage_product_shows_its_reuse_mark() -> None:
    assert parse_battery("gbt45565:ABCD1-R-99").marks_reuse
    assert not parse_battery("gbt45565:ABCD1-99").marks_reuse


def test_names_are_equal_by_value_and_usable_as_keys() -> None:
    assert {parse_battery(REAL.lower()): 1}[BatteryName("gbt34014", REAL)] == 1
