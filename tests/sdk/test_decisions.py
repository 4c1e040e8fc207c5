"""What the client decides: its calls are run by hand and told what became of each request."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from dianchi_client import (
    AnswerLost,
    Conflict,
    Invalid,
    NotConnected,
    NotSignedIn,
    TimedOut,
    TooMany,
    Unavailable,
    UnexpectedAnswer,
)
from dianchi_client.sdk import calls
from dianchi_client.sdk.tokens import Credentials
from dianchi_client.sdk.wire import Answer, Lost
from support.by_hand import CUT, Line, meets, problem

REPORT = {"type": "inspected", "battery": "B1", "occurred_at": "2026-01-01", "data": {}}
GOOD = Answer(201, {}, b'{"event_id": "x", "entries": []}')


def report(line: Line) -> object:
    return line.run(calls.report(line.session(), REPORT))


def test_a_report_keeps_one_id_over_all_its_tries() -> None:
    line = meets(CUT, problem(503, "not_ready"), problem(409, "try_again"), GOOD)

    report(line)

    bodies = {request.body for request in line.asked}
    assert len(line.asked) == 4
    assert len(bodies) == 1
    assert json.loads(bodies.pop() or b"")["event_id"]


def test_the_wait_doubles_up_to_its_cap() -> None:
    line = meets(*[CUT] * 6, GOOD)
    report(line)
    assert line.pauses == [1, 2, 4, 8, 8, 8]


def test_after_the_total_deadline_the_last_failure_is_told() -> None:
    line = meets(*[CUT] * 100)
    with pytest.raises(AnswerLost) as failed:
        report(line)
    assert line.at <= 60
    assert failed.value.maybe_recorded
    assert failed.value.tries == len(line.asked) > 3


def test_no_try_lasts_longer_than_the_deadline_leaves() -> None:
    line = meets(*[CUT] * 100)
    with pytest.raises(AnswerLost):
        report(line)
    assert line.asked[0].timeout_s == 30
    assert line.asked[-1].timeout_s < 8


def test_retry_after_is_waited_for_and_more() -> None:
    line = meets(problem(429, "too_many_requests", retry_after="7"), GOOD)
    report(line)
    assert line.pauses == [8]


def test_a_date_to_retry_after_is_read_by_the_clock_of_the_service() -> None:
    then = datetime(2001, 1, 1, tzinfo=UTC)
    headers = {
        "date": format_datetime(then),
        "retry_after": format_datetime(then.replace(minute=1)),
    }
    line = meets(problem(503, "not_ready", **headers), problem(503, "not_ready"), GOOD)
    with pytest.raises(Unavailable):
        report(line)
    assert line.pauses == []
    assert len(line.asked) == 1


def test_a_service_that_asks_for_more_time_than_there_is_is_told_at_once() -> None:
    line = meets(problem(429, "too_many_requests", retry_after="3600"))
    with pytest.raises(TooMany) as refused:
        report(line)
    assert refused.value.retry_after_s == 3600
    assert len(line.asked) == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(422, "in_future", Invalid), (409, "event_id_conflict", Conflict)],
)
def test_a_refusal_is_not_tried_again_and_carries_the_whole_problem(
    status: int, code: str, kind: type[Invalid | Conflict]
) -> None:
    line = meets(problem(status, code))

    with pytest.raises(kind) as refused:
        report(line)

    assert len(line.asked) == 1
    assert (refused.value.code, refused.value.status) == (code, status)
    (fault,) = refused.value.errors
    assert (fault.pointer, fault.value) == ("/occurred_at", "2036-01-01")
    assert fault.way_out.zh == "请核对日期"
    assert refused.value.en == f"/occurred_at: it lies in the future. check the date ({code})"


@pytest.mark.parametrize(
    ("lost", "kind"),
    [
        (Lost("refused", sent=False), NotConnected),
        (Lost("reset", sent=True), AnswerLost),
        (Lost("slow", sent=True, timed_out=True), TimedOut),
    ],
)
def test_no_answer_is_no_refusal(lost: Lost, kind: type[NotConnected]) -> None:
    with pytest.raises(kind) as failed:
        report(meets(*[lost] * 100))
    assert failed.value.maybe_recorded is lost.sent


def test_a_certificate_that_is_not_trusted_is_not_tried_again() -> None:
    line = meets(Lost("certificate verify failed", sent=False, for_good=True))
    with pytest.raises(NotConnected):
        report(line)
    assert len(line.asked) == 1


def test_a_page_of_a_gateway_is_no_answer_of_the_service() -> None:
    page = Answer(200, {}, b"<html>sign in to the network</html>")
    assert report(meets(page, GOOD)) == json.loads(GOOD.body)
    with pytest.raises(UnexpectedAnswer):
        report(meets(*[page] * 100))
    with pytest.raises(UnexpectedAnswer):
        report(meets(Answer(302, {}, b"")))


TOKEN = Answer(200, {}, b'{"access_token": "t1", "expires_in": 600}')
TURNED_AWAY = problem(401, "key_invalid")


def test_a_token_is_got_once_and_again_before_it_ends() -> None:
    line = meets(TOKEN, GOOD, GOOD, TOKEN, GOOD)
    session = line.session(client_id="c 1", scope="read")

    line.run(calls.me(session))
    line.run(calls.me(session))
    line.at += 575
    line.run(calls.me(session))

    paths = [request.path for request in line.asked]
    assert paths == ["/oauth/token", "/v1/me", "/v1/me", "/oauth/token", "/v1/me"]
    assert line.asked[0].authorization == "Basic YysxOmRrX2tleQ=="
    assert line.asked[0].body == b"grant_type=client_credentials&scope=read"
    assert {r.authorization for r in line.asked if r.path == "/v1/me"} == {"Bearer t1"}


def test_a_token_that_ended_meanwhile_is_changed_once() -> None:
    line = meets(TOKEN, GOOD, TURNED_AWAY, TOKEN, GOOD, TURNED_AWAY, TOKEN, TURNED_AWAY)
    session = line.session(client_id="c1")
    line.run(calls.me(session))
    line.run(calls.me(session))
    with pytest.raises(NotSignedIn):
        line.run(calls.me(session))
    assert line.pauses == []


def test_a_refused_token_is_told_as_the_refusal_of_the_call() -> None:
    body = b'{"error": "invalid_client", "error_description": "the client is unknown"}'
    line = meets(Answer(401, {}, body))
    with pytest.raises(NotSignedIn) as refused:
        line.run(calls.me(line.session(client_id="c1")))
    assert refused.value.code == "invalid_client"
    assert "the client is unknown" in refused.value.en


def test_an_unreadable_token_answer_is_not_taken_for_the_answer_of_the_call() -> None:
    line = meets(Answer(200, {}, b"<html>"), TOKEN, Answer(200, {}, b"PNG"))
    assert line.run(calls.label(line.session(client_id="c1"), "B1")) == b"PNG"


def test_a_key_is_never_shown() -> None:
    assert "dk_key" not in repr(Credentials("dk_key"))


def test_ids_made_later_sort_later() -> None:
    made = [calls.new_event_id() for _ in range(100)]
    assert {name[14] for name in made} == {"7"}
    assert {name[19] for name in made} <= set("89ab")
    assert len(set(made)) == 100


def test_a_name_is_one_part_of_the_address() -> None:
    line = meets(GOOD)
    line.run(calls.battery(line.session(), "asset:铁塔:A/1", as_of="2026-01-01"))
    assert line.asked[0].path == "/v1/batteries/asset%3A%E9%93%81%E5%A1%94%3AA%2F1"
    assert line.asked[0].query == (("as_of", "2026-01-01"),)
