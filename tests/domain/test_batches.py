"""Whether batches, lots and counts add up."""

from dianchi.domain.batches import batch_findings, lot_findings
from dianchi.domain.counts import count_findings
from dianchi.domain.findings import Finding, render
from dianchi.domain.life import Event
from dianchi.domain.rules import RULES
from domain.givens import OTHER_PACK, PACK, RECYCLER, collected, event

# --- batches and lots ------------------------------------------------------------------------


def batch(outputs: list[dict[str, str]], residue: str = "0", process: str = "hydro") -> Event:
    data = {
        "batch": "B1",
        "process": process,
        "outputs": outputs,
        "residue_kg": residue,
        "count": 1,
        "inputs_mass_kg": "1000",
    }
    return event("recycled", "2026-05-01", data, subject="batch:ORECYCLERAAA:B1", by=RECYCLER)


NMC: dict[str, dict[str, str]] = {PACK: {"chemistry": "nmc", "mass_kg": "1000"}}


def test_a_batch_that_loses_more_than_its_share_does_not_balance() -> None:
    outputs = [{"lot": "L", "material": "plastic", "mass_kg": "960"}]
    assert [f.code for f in batch_findings([batch(outputs)], {}, RULES)] == ["batch_imbalance"]
    assert batch_findings([batch(outputs, residue="20")], {}, RULES) == []


def test_more_metal_than_went_in_and_less_than_the_floor_are_findings_of_the_worst_metal() -> None:
    outputs = [
        {"lot": "L1", "material": "cobalt_sulfate", "mass_kg": "150"},
        {"lot": "L2", "material": "nickel_sulfate", "mass_kg": "200"},
    ]
    found = batch_findings([batch(outputs, residue="650")], NMC, RULES)
    assert [(f.code, f.values["metal"]) for f in found] == [
        ("recovery_over_100", "cobalt"),
        ("recovery_low", "lithium"),
    ]
    assert render(found[0], "zh") == "批次 B1：钴产出为投入含量的 143.0%，可能有未上报的投入。"


def test_an_input_of_unknown_chemistry_leaves_recovery_above_100_open() -> None:
    outputs = [{"lot": "L1", "material": "cobalt_sulfate", "mass_kg": "150"}]
    unknown: dict[str, dict[str, str | None]] = {
        PACK: {"chemistry": None, "mass_kg": "500"},
        OTHER_PACK: {"chemistry": "nmc", "mass_kg": "500"},
    }
    found = batch_findings([batch(outputs, residue="850")], unknown, RULES)
    assert "recovery_over_100" not in [f.code for f in found]


def test_metal_in_black_mass_is_not_missing() -> None:
    outputs = [{"lot": "L1", "material": "black_mass", "mass_kg": "500"}]
    assert batch_findings([batch(outputs, residue="500")], NMC, RULES) == []


LOT = f"lot:{RECYCLER}:L1"
MADE = event(
    "recycled",
    "2026-05-01",
    {"batch": "B1", "output": {"lot": "L1", "material": "nickel_sulfate", "mass_kg": "100"}},
    subject=LOT,
    by=RECYCLER,
)


def used(mass: str, subject: str = PACK, by: str = "OMAKERAAAAAA") -> Event:
    lots = [{"lot": "L1", "issuer": RECYCLER, "material": "nickel_sulfate", "mass_kg": mass}]
    return event(
        "produced",
        "2026-06-01",
        {"lots": lots},
        subject=subject,
        by=by,
        event_id=f"produced-{subject}",
    )


def moved(kind: str, mass: str, by: str) -> Event:
    data = {"handover": "H9", "sender": RECYCLER, "receiver": "OMAKERAAAAAA", "mass_kg": mass}
    return event(kind, "2026-05-10", data, subject=LOT, by=by)


def test_a_lot_that_is_given_away_whole_and_used_by_its_receiver_is_not_overdrawn() -> None:
    events = [
        MADE,
        moved("dispatched", "100", RECYCLER),
        moved("received", "100", "OMAKERAAAAAA"),
        used("60"),
        used("40", OTHER_PACK),
    ]
    assert lot_findings(LOT, events, RULES) == []


def test_a_lot_of_which_more_is_used_than_there_was_is_overdrawn() -> None:
    (finding,) = lot_findings(LOT, [MADE, used("60"), used("60", OTHER_PACK)], RULES)
    assert finding == Finding(
        "lot_overdrawn", (MADE.event_id,), {"lot": "L1", "mass_kg": "100", "drawn_kg": "120"}
    )


def test_a_lot_that_is_given_away_and_kept_is_overdrawn() -> None:
    events = [MADE, moved("dispatched", "100", RECYCLER), used("50", by=RECYCLER)]
    assert [f.code for f in lot_findings(LOT, events, RULES)] == ["lot_overdrawn"]
    assert lot_findings(LOT, [*events, moved("declined", "100", "OMAKERAAAAAA")], RULES) == []


def test_a_lot_whose_beginning_is_not_in_the_record_is_not_judged() -> None:
    assert lot_findings(LOT, [used("60")], RULES) == []


# --- counts ----------------------------------------------------------------------------------


def test_a_complete_count_shows_what_it_did_not_find() -> None:
    there = {
        PACK: collected("2026-04-05"),
        OTHER_PACK: collected("2026-04-06"),
        "tmp:K-1": collected("2026-06-06"),
    }
    count = event("counted", "2026-06-01", {"site": "S1", "complete": True, "basis": "self"})
    assert list(count_findings(count, {OTHER_PACK}, there)) == [PACK]
    partial = event("counted", "2026-06-01", {"site": "S1", "complete": False, "basis": "self"})
    assert count_findings(partial, {OTHER_PACK}, there) == {}
