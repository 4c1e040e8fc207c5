"""`POST /v1/events/batch`: up to ten thousand reports in one request."""

import functools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qs

from dianchi.api.answers import row_json
from dianchi.api.door import language
from dianchi.api.intake import ONE_BATCH, Answer, Receive, Scope, body_of, header, reporter_of
from dianchi.api.metrics import count_batch
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.passing import check
from dianchi.domain.policy import REPORTS
from dianchi.domain.refusals import Refused
from dianchi.domain.sight import eyes_of
from dianchi.exchange.json_in import read_json
from dianchi.exchange.json_out import encode
from dianchi.recording.recorder import Batch

MOST_ROWS: Final = 10_000
_TALLIES: Final = ("accepted", "duplicate", "refused", "skipped")
_FAILED_ATOMIC: Final = 422


async def post_batch(scope: Scope, receive: Receive, services: Services) -> Answer:
    """Records a batch: each good row by itself, or (`mode=atomic`) all or none."""
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    mode = _one_of(query, "mode", ("partial", "atomic"))
    dry_run = _one_of(query, "dry_run", ("false", "true")) == "true"
    body = await body_of(scope, receive, ONE_BATCH)
    reporter = await reporter_of(scope, services)
    check(REPORTS, reporter)
    registry = await services.registry.current()
    rows = _rows(body, header(scope, b"content-type") or b"")
    del body
    if mode == "partial" and not dry_run:
        batch = await services.recorder.batch(rows, reporter)
    else:
        batch = await services.recorder.together(rows, reporter, write=not dry_run)
    tell = functools.partial(
        row_json, language=language(scope), names=registry.names, eyes=eyes_of(reporter)
    )
    shown = _shown(rows, batch, tell)
    return _answer(shown, atomic=mode == "atomic")


def _one_of(query: dict[str, list[str]], name: str, options: tuple[str, ...]) -> str:
    value = query.get(name, [options[0]])[0]
    if value not in options:
        listed = ", ".join(options)
        raise refuse(
            "invalid_value",
            (f"{name} 只能是：{listed}", f"{name} must be one of: {listed}"),
            ("请改正查询参数", "mend the query"),
            pointer=f"/{name}",
            value=value,
        )
    return value


def _rows(body: bytes, content_type: bytes) -> list[Any]:
    if b"ndjson" in content_type or (b"json" not in content_type and body[:1] != b"["):
        rows = [_line(line) for line in body.splitlines() if line.strip()]
    else:
        rows = read_json(body)
        if type(rows) is not list:
            raise refuse(
                "invalid_value",
                ("批量上报必须是 JSON 数组或 NDJSON", "a batch is a JSON array or NDJSON"),
                (
                    "请用 […] 包起来，或每行一份并设 Content-Type: application/x-ndjson",
                    "wrap it in […], or send one per line as application/x-ndjson",
                ),
            )
    if len(rows) > MOST_ROWS:
        raise refuse(
            "too_many_rows",
            (f"有 {len(rows)} 行，最多 10000 行", f"has {len(rows)} rows, 10,000 are allowed"),
            ("请分成多次提交", "split it into several requests"),
            value=len(rows),
        )
    return rows


def _line(line: bytes) -> Any:  # noqa: ANN401 - a JSON value, or why it is none
    try:
        return read_json(line)
    except Refused as refused:
        return refused


def _shown(
    rows: Iterable[Any], batch: Batch, tell: Callable[..., dict[str, Any]]
) -> list[dict[str, Any]]:
    results = []
    for index, (raw, outcome) in enumerate(zip(rows, batch.outcomes, strict=True)):
        ready = batch.prepared.get(index)
        told = raw.get("event_id") if isinstance(raw, dict) else None
        event_id = ready.report.event_id if ready else told if isinstance(told, str) else None
        results.append(tell(index, event_id, outcome))
    return results


def _answer(results: list[dict[str, Any]], *, atomic: bool) -> Answer:
    counted = Counter(row["outcome"] for row in results)
    count_batch(counted)
    failed = atomic and counted["refused"] > 0
    answer = {name: counted[name] for name in _TALLIES} | {"results": results}
    return Answer(_FAILED_ATOMIC if failed else 200, encode(answer))
