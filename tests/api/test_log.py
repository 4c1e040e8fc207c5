"""The log over HTTP: what is served verifies with the public key alone."""

from uuid import uuid4

import pytest

from dianchi_client.checkpoint import Checkpoint
from dianchi_client.note import Note, decode64
from dianchi_client.policy import Policy
from dianchi_client.tree import leaf_hash, verify_consistency, verify_inclusion
from dianchi_client.verify import verify
from support.api import Api, api_over, code, produced
from support.logs import NOW_S, key
from support.reports import counted as counted_report

POLICY = Policy.of_keys([str(key().verifier)])


async def told(api: Api, count: int) -> list[str]:
    """Births, in the log and signed; their event ids."""
    reports = [produced(serial) for serial in range(count)]
    for report in reports:
        assert (await api.post("maker", report)).status_code == 201
    await api.settle()
    return [report["event_id"] for report in reports]


async def leaf_of(api: Api, event_id: str, **query: str) -> bytes:
    answer = await api.http.get(
        f"/v1/events/{event_id}",
        params={"representation": "leaf", **query},
        headers=await api.headers("maker"),
    )
    assert answer.status_code == 200, answer.text
    return answer.content


async def checkpoint(api: Api) -> Checkpoint:
    answer = await api.http.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    return POLICY.accept(answer.content, NOW_S).checkpoint


async def test_a_receipt_with_its_leaf_verifies(database: str) -> None:
    async with api_over(database) as api:
        for number, event_id in enumerate(await told(api, 5)):
            path = f"/v1/events/{event_id}/receipt"
            answer = await api.http.get(path, headers=await api.headers("maker"))
            assert answer.headers["content-type"] == "text/plain; charset=utf-8"
            assert f"{event_id}.tlog-proof" in answer.headers["content-disposition"]
            leaf = await leaf_of(api, event_id)
            proven = verify(answer.content, leaf, POLICY, NOW_S)
            shown = await api.get(f"/v1/events/{event_id}")
            assert proven.index == shown["log_index"]
            assert proven.accepted.checkpoint.size == 5, number


async def test_each_line_of_a_report_has_its_receipt(database: str) -> None:
    async with api_over(database) as api:
        await told(api, 2)
        counted = counted_report(code(0), code(1), at="2026-01-02T00:00")
        event_id = counted["event_id"]
        assert (await api.post("outlet", counted)).status_code == 201
        await api.settle()
        path = f"/v1/events/{event_id}/receipt"
        headers = await api.headers("outlet")
        assert (await api.http.get(path, headers=headers)).json()["code"] == "battery_required"
        for name in (code(0), code(1)):
            receipt = await api.http.get(path, params={"battery": name}, headers=headers)
            leaf = await leaf_of(api, event_id, battery=name)
            assert verify(receipt.content, leaf, POLICY, NOW_S).accepted


async def test_a_receipt_is_not_ready_before_the_log_is_signed(database: str) -> None:
    async with api_over(database) as api:
        assert (await api.http.get("/log/checkpoint")).status_code == 404
        report = produced(1)
        await api.post("maker", report)
        path, headers = f"/v1/events/{report['event_id']}/receipt", await api.headers("maker")
        early = await api.http.get(path, headers=headers)
        assert (early.status_code, early.json()["code"]) == (409, "receipt_not_ready")
        assert early.headers["retry-after"] == "1"
        await api.settle()
        assert (await api.http.get(path, headers=headers)).status_code == 200
        unknown = await api.http.get(f"/v1/events/{uuid4()}/receipt", headers=headers)
        assert unknown.status_code == 404
        assert (await api.http.get(path)).status_code == 401


async def test_proofs_need_no_key_and_verify(database: str) -> None:
    async with api_over(database) as api:
        ids = await told(api, 3)
        first = await checkpoint(api)
        await told(api, 9)
        second = await checkpoint(api)
        answer = await api.http.get("/log/proof/consistency", params={"from": 3, "to": 12})
        hashes = [decode64(step) for step in answer.json()["hashes"]]
        verify_consistency(3, second.size, first.root, second.root, hashes)
        leaf = leaf_hash(await leaf_of(api, ids[0]))
        index = (await api.get(f"/v1/events/{ids[0]}"))["log_index"]
        for size, root in ((3, first.root), (12, second.root)):
            told_size = {"index": index, "size": size}
            proof = (await api.http.get("/log/proof/inclusion", params=told_size)).json()
            assert decode64(proof["root"]) == root
            verify_inclusion(leaf, index, size, [decode64(s) for s in proof["hashes"]], root)


async def test_earlier_checkpoints_are_good_by_themselves_and_come_page_by_page(
    database: str,
) -> None:
    async with api_over(database) as api:
        for _ in range(3):
            await told(api, 2)
        newest = await checkpoint(api)
        first = (await api.http.get("/log/checkpoints", params={"limit": 2})).json()
        more = {"before": first["next"], "limit": 2}
        rest = (await api.http.get("/log/checkpoints", params=more)).json()

        notes = [item["note"].encode() for item in (*first["items"], *rest["items"])]
        seen = [POLICY.accept(note, NOW_S).checkpoint for note in notes]
        assert [one.size for one in seen] == [6, 4, 2]
        assert seen[0] == newest
        assert rest["next"] is None
        assert first["items"][0]["last_entry_at"].endswith("Z")


@pytest.mark.parametrize(
    "path",
    [
        "/log/proof/inclusion?index=3",
        "/log/proof/inclusion?index=0&size=4",
        "/log/proof/inclusion?index=-1",
        "/log/proof/consistency?from=4",
        "/log/proof/consistency?from=2&to=1",
        "/log/proof/consistency?from=0&to=4",
    ],
)
async def test_what_was_not_signed_is_not_proven(database: str, path: str) -> None:
    async with api_over(database) as api:
        await told(api, 3)
        assert (await api.http.get(path)).status_code == 422


async def test_tiles_are_served_for_ever(database: str) -> None:
    async with api_over(database) as api:
        await told(api, 3)
        [first] = [await api.http.get("/log/tile/0/000.p/2")]
        whole = await api.http.get("/log/tile/0/000.p/3")
        assert whole.content[:64] == first.content
        assert len(whole.content) == 96
        assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
        etag = {"if-none-match": whole.headers["etag"]}
        assert (await api.http.get("/log/tile/0/000.p/3", headers=etag)).status_code == 304
        assert (await api.http.get("/log/tile/0/000.p/2", headers=etag)).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["0/000", "0/000.p/4", "0/000.p/0", "0/000.p/02", "0/000.p/256", "0/0", "1/000.p/1",
     "0/x000/000", "0/001.p/1", "0/000.p/", "entries/000.p/1"],
)  # fmt: skip
async def test_no_other_tile_is_served(database: str, path: str) -> None:
    async with api_over(database) as api:
        await told(api, 3)
        assert (await api.http.get(f"/log/tile/{path}")).status_code in (404, 422)
        assert (await api.http.get("/log/tile/0/000.p/3")).status_code == 200


async def test_nothing_unsigned_is_shown(database: str) -> None:
    """What is in the log but not signed yet could still be lost."""
    async with api_over(database) as api:
        await told(api, 2)
        api.publisher = None
        await api.post("maker", produced(7))
        await api.settle()
        assert (await checkpoint(api)).size == 2
        assert (await api.http.get("/log/tile/0/000.p/3")).status_code == 404


async def test_the_keys_are_told(database: str) -> None:
    async with api_over(database) as api:
        answer = (await api.http.get("/log/keys")).json()
        assert answer == {
            "origin": "t.ynbat.cn/log", "keys": [str(key().verifier)], "witnesses": [],
        }  # fmt: skip


async def test_the_leaf_is_the_stored_bytes(database: str) -> None:
    async with api_over(database) as api:
        [event_id] = await told(api, 1)
        rows = await api.look("SELECT body FROM event")
        assert [await leaf_of(api, event_id)] == [row["body"] for row in rows]
        note = (await api.http.get("/log/checkpoint")).content
        assert Note.parse(note).text.startswith(b"t.ynbat.cn/log\n1\n")
