"""Files of exports: gone on with after a cut, deleted in time, taken over; and saved queries."""

from uuid import uuid4

import pytest

from dianchi.cli.exporting import exports_runner
from dianchi.domain.exports import kept_for
from dianchi.exports.jobs import take
from dianchi.exports.trimming import trim
from support.api import Api
from support.exports import PROVINCE, ask, exported
from support.lives import a_life

pytestmark = pytest.mark.asyncio


async def test_a_cut_download_goes_on_where_it_was_cut(api: Api) -> None:
    await a_life(api)
    done, body = await exported(api, PROVINCE, "events")
    headers = await api.headers("regulator", None, range="bytes=100-")

    rest = await api.http.get(done["file"], headers=headers)
    last = await api.http.get(done["file"], headers=headers | {"range": "bytes=-5"})
    beyond = await api.http.get(done["file"], headers=headers | {"range": "bytes=99999999-"})
    changed = await api.http.get(done["file"], headers=headers | {"if-range": '"another"'})

    assert (rest.status_code, rest.content) == (206, body[100:])
    assert rest.headers["content-range"] == f"bytes 100-{len(body) - 1}/{len(body)}"
    assert last.content == body[-5:]
    assert beyond.status_code == 422
    assert (changed.status_code, changed.content) == (200, body)


async def test_files_go_after_their_days_and_what_was_asked_stays(api: Api) -> None:
    await a_life(api)
    done, _ = await exported(api, PROVINCE, "batteries")
    now = (await api.look("SELECT expires_at FROM export"))[0][0]
    assert (now - (await api.look("SELECT ended_at FROM export"))[0][0]) == kept_for(now.date())

    await trim(api.services.uploader, now)

    headers = await api.headers("regulator")
    told = (await api.http.get(f"/v1/exports/{done['id']}", headers=headers)).json()
    assert (told["state"], told["file"], told["rows_sha256"]) == (
        "deleted", None, done["rows_sha256"],
    )  # fmt: skip
    gone = await api.http.get(f"/v1/exports/{done['id']}/file", headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (409, "export_not_ready")
    assert await api.look("SELECT 1 FROM export_part") == []


async def test_an_export_whose_worker_fell_silent_is_taken_over_and_a_cancelled_one_is_not(
    api: Api,
) -> None:
    await a_life(api)
    headers = await api.headers("regulator")
    for cancelled in (False, True):
        told = await ask(api, PROVINCE, "batteries")
        assert await take(api.services.uploader, uuid4()) is not None
        assert await take(api.services.uploader, uuid4()) is None
        if cancelled:
            await api.http.post(f"/v1/exports/{told['id']}/cancel", headers=headers)
        await api.look("UPDATE export SET lease_until = now() - interval '1 minute'")
        async with exports_runner(api.dsn, api.services.clock) as runner:
            assert await runner.once() is not cancelled
        now = (await api.http.get(f"/v1/exports/{told['id']}", headers=headers)).json()
        assert now["state"] == ("cancelled" if cancelled else "done")


async def test_a_saved_query_is_run_again_and_shared_within_the_authority_only(api: Api) -> None:
    told = {"name": "昆明超期", "list": "obligations", "filters": {"prefecture": "昆明"}}
    headers = await api.headers("regulator")
    for shared in (True, False):
        made = await api.http.post(
            "/v1/saved-queries", json=told | {"shared": shared}, headers=headers
        )
        assert made.status_code == 201, made.text
    own = (await api.http.get("/v1/saved-queries", headers=headers)).json()["items"]
    assert [query["filters"] for query in own] == [{"prefecture": "530100"}] * 2
    other = await api.headers("outlet")
    assert (await api.http.get("/v1/saved-queries", headers=other)).json()["items"] == []
    organisation = await api.organisation("regulator")
    async with api.services.own_readers.seeing((f"person:{uuid4()}", organisation)).acquire() as c:
        assert await c.fetchval("SELECT count(*) FROM saved_query") == 1
    path = f"/v1/saved-queries/{own[0]['id']}"
    assert (await api.http.delete(path, headers=other)).status_code == 404
    assert (await api.http.delete(path, headers=headers)).status_code == 204
