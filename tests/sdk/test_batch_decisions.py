"""How a source is cut into batches, and what an answer settles: run by hand, without a network."""

import json
from typing import Any

import pytest

from dianchi_client import AnswerLost, Conflict, Journal, NotAllowed, Tally, TooLarge
from dianchi_client.sdk.batches import Plan, send_all
from dianchi_client.sdk.wire import Answer, Request
from support.by_hand import CUT, Line, Outcome, meets, problem

ME = Answer(200, {}, b'{"organisation": "O1"}')
BUSY = json.loads(problem(409, "try_again").body)
WRONG = json.loads(problem(422, "in_future").body)


def rows_of(request: Request) -> list[dict[str, Any]]:
    assert request.path == "/v1/events/batch"
    return [json.loads(line) for line in (request.body or b"").splitlines()]


def sizes(line: Line) -> list[int]:
    return [len(rows_of(request)) for request in line.asked[1:]]


def answered(request: Request, **problems: dict[str, Any]) -> Answer:
    """Every row is recorded, but those that have a problem by the name of their battery."""
    results = []
    for index, row in enumerate(rows_of(request)):
        wrong = problems.get(row["battery"])
        outcome = "refused" if wrong else "accepted"
        told = {"index": index, "event_id": row["event_id"], "outcome": outcome}
        results.append(told | {"entries": [], "problem": wrong})
    return Answer(200, {}, json.dumps({"results": results}).encode())


def send(line: Line, count: int, **plan: Any) -> Tally:
    line.source = [{"type": "inspected", "battery": f"B{n}", "data": {}} for n in range(count)]
    with Journal() as journal:
        given: Plan = {"most": 8, **plan}  # type: ignore[typeddict-item]  # a test's own words
        tally: Tally = line.run(send_all(line.session(), journal, given))
        return tally


def test_a_part_that_did_not_get_through_is_halved_and_grows_again() -> None:
    line = meets(ME, CUT, CUT, *[answered] * 4)
    assert send(line, 16) == Tally(accepted=16)
    assert sizes(line) == [8, 4, 2, 4, 2, 8]


def test_a_row_that_others_keep_busy_is_sent_again_alone() -> None:
    line = meets(ME, lambda asked: answered(asked, B2=BUSY), answered)
    assert send(line, 4) == Tally(accepted=4)
    assert [row["battery"] for row in rows_of(line.asked[-1])] == ["B2"]
    assert line.asked[-1].body in (line.asked[1].body or b"").split(b"\n")
    assert len(line.pauses) == 1


def test_a_row_that_stays_busy_ends_the_run_at_the_deadline() -> None:
    def busy(asked: Request) -> Answer:
        return answered(asked, B0=BUSY)

    line = meets(ME, *[busy] * 50)
    with pytest.raises(Conflict) as refused:
        send(line, 2)
    assert refused.value.code == "try_again"
    assert line.at <= 60


def test_a_refused_row_is_settled_and_holds_up_no_other() -> None:
    line = meets(ME, lambda asked: answered(asked, B1=WRONG))
    told: list[Any] = []
    tally = send(line, 3, tell=lambda rows, _: told.extend(rows))
    assert tally == Tally(accepted=2, refused=1)
    assert [(row.place, row.problem and row.problem.code) for row in told] == [
        (1, None),
        (2, "in_future"),
        (3, None),
    ]


def test_an_answer_about_other_rows_settles_nothing() -> None:
    def of_another(asked: Request) -> Answer:
        told = json.loads(answered(asked).body)
        told["results"].reverse()
        for index, row in enumerate(told["results"]):
            row["index"] = index
        return Answer(200, {}, json.dumps(told).encode())

    def shorter(asked: Request) -> Answer:
        told = json.loads(answered(asked).body)
        return Answer(200, {}, json.dumps({"results": told["results"][:-1]}).encode())

    line = meets(ME, of_another, shorter, *[answered] * 3)
    assert send(line, 4) == Tally(accepted=4)
    assert sizes(line) == [4, 2, 1, 2, 1]


def test_a_batch_that_is_too_large_is_split_at_once() -> None:
    large = problem(413, "body_too_large")
    line = meets(ME, large, large, *[answered] * 9)
    assert send(line, 8) == Tally(accepted=8)
    assert line.pauses == []
    with pytest.raises(TooLarge):
        send(meets(ME, *[large] * 9), 8)


def test_each_part_that_gets_anywhere_is_given_new_patience() -> None:
    bad_days: list[Outcome] = []
    for _ in range(8):
        bad_days += [CUT] * 5 + [answered]
    line = meets(ME, *bad_days)
    assert send(line, 8) == Tally(accepted=8)
    assert sizes(line)[-1] == 1
    assert line.at > 100
    with pytest.raises(AnswerLost):
        send(meets(ME, *[CUT] * 100), 10)


def test_a_key_that_may_not_report_ends_the_run() -> None:
    with pytest.raises(NotAllowed):
        send(meets(ME, problem(403, "role_not_allowed")), 3)


def test_reports_of_one_content_have_one_id_whatever_their_places() -> None:
    def ids(line: Line) -> list[str]:
        line.source = [{"type": "t", "battery": "B", "data": {}}] * 3
        with Journal() as journal:
            line.run(send_all(line.session(), journal, {}))
        return [row["event_id"] for row in rows_of(line.asked[-1])]

    first, again = ids(meets(ME, answered)), ids(meets(ME, answered))
    assert first == again
    assert len(set(first)) == 1
    other = ids(meets(Answer(200, {}, b'{"organisation": "O2"}'), answered))
    assert set(first).isdisjoint(other)
