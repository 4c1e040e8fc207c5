"""The receipt of a file: given once all of it is in a signed log, and then for ever the same."""

import json
import time
from hashlib import sha256

import pytest

from dianchi.api.routes import upload_receipts
from dianchi_client.errors import Rejected
from dianchi_client.policy import Policy
from dianchi_client.verify_upload import verify_upload
from support.sheets import retired_row, workbook
from support.uploads import Firm

ROWS = [retired_row(1), retired_row(2), retired_row(1), retired_row(4, 退役日期="昨天")]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_receipts, "_PAUSES_S", (0,))


async def test_a_receipt_waits_for_the_log_and_then_stays_the_same(firm: Firm) -> None:
    body = workbook(ROWS)
    upload = await firm.send(body)
    before = await firm.ask("GET", f"/{upload}/receipt.json")
    await firm.commit(upload)
    early = await firm.ask("GET", f"/{upload}/receipt.json")

    await firm.api.settle()
    told = (await firm.ask("GET", f"/{upload}/receipt.json")).json()
    await firm.api.look("DELETE FROM upload_slice")
    paper = await firm.ask("GET", f"/{upload}/receipt.pdf")

    assert (before.status_code, before.json()["code"]) == (409, "upload_not_ready")
    assert (early.status_code, early.json()["code"]) == (409, "receipt_not_ready")
    assert told["number"].startswith("HZ-")
    assert (told["sha256"], told["size"]) == (sha256(body).hexdigest(), len(body))
    assert (told["rows"], told["events"], told["first_index"], told["last_index"]) == (4, 2, 0, 1)
    assert (told["tallies"]["duplicate"], told["tallies"]["refused"]) == (1, 1)
    assert (await firm.ask("GET", f"/{upload}/receipt.json")).json() == told
    assert paper.content.startswith(b"%PDF")


async def test_a_receipt_is_checked_offline_with_its_file(firm: Firm) -> None:
    body = workbook(ROWS)
    upload = await firm.send(body)
    await firm.commit(upload)
    await firm.api.settle()
    receipt = (await firm.ask("GET", f"/{upload}/receipt.json")).content
    policy = Policy.of_keys((await firm.api.http.get("/log/keys")).json()["keys"])
    now = int(time.time())

    proven = verify_upload(receipt, sha256(body).hexdigest(), policy, now)
    assert proven.proven is not None
    assert proven.proven.index == 1

    with pytest.raises(Rejected, match="has the SHA-256"):
        verify_upload(receipt, sha256(b"other").hexdigest(), policy, now)
    moved = json.dumps(json.loads(receipt) | {"last_index": 7}).encode()
    with pytest.raises(Rejected, match="not the event"):
        verify_upload(moved, None, policy, now)
    for broken in (b"{", b"[]", receipt.replace(b'"sha256"', b'"sha1"')):
        with pytest.raises(Rejected, match="not in its format"):
            verify_upload(broken, None, policy, now)


async def test_anybody_may_check_the_number_of_a_receipt_and_learns_no_name_of_a_file(
    firm: Firm,
) -> None:
    upload = await firm.send(workbook(ROWS), name="内部台账.xlsx")
    await firm.commit(upload)
    await firm.api.settle()
    told = (await firm.ask("GET", f"/{upload}/receipt.json")).json()

    page = await firm.api.http.get(f"/R/{told['number'].lower()}")
    machine = await firm.api.http.get(
        f"/R/{told['number']}", headers={"accept": "application/json"}
    )
    other = await firm.api.http.get("/R/HZ-20260101-AAAAAAAA")

    assert told["check"].endswith(f"/R/{told['number']}")
    assert (page.status_code, other.status_code) == (200, 404)
    assert told["sha256"] in page.text
    assert "内部台账" not in page.text
    assert machine.json()["recorded"] == 3
