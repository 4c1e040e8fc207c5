"""What every answer to a reader carries: an entity tag, the next page, and HEAD."""

import pytest

from support.api import Api, code, produced

pytestmark = pytest.mark.asyncio
NAME = code(1)


async def test_an_unchanged_answer_is_not_sent_again(api: Api) -> None:
    await api.post("maker", produced(1))
    headers = await api.headers("maker")
    for path in (f"/v1/batteries/{NAME}", f"/v1/batteries/{NAME}/history", f"/B/{NAME}"):
        first = await api.http.get(path, headers=headers)
        again = await api.http.get(
            path, headers={**headers, "if-none-match": first.headers["etag"]}
        )

        assert first.status_code == 200
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


async def test_a_changed_answer_is_sent_anew(api: Api) -> None:
    await api.post("maker", produced(1))
    headers = await api.headers("maker")
    path = f"/v1/batteries/{NAME}"
    tag = (await api.http.get(path, headers=headers)).headers["etag"]

    await api.report("maker", "voided", "2024-07-01", battery=NAME, reason="scrap")
    again = await api.http.get(path, headers={**headers, "if-none-match": f'"other", W/{tag}'})

    assert again.status_code == 200
    assert again.json()["stage"] == "voided"


@pytest.mark.parametrize("path", ["/v1/batteries?limit=2", f"/v1/batteries/{NAME}/history?limit=2"])
async def test_a_list_links_to_its_next_page_until_the_last(api: Api, path: str) -> None:
    for number in range(1, 4):
        await api.post("maker", produced(number))
        await api.report("maker", "inspected", "2025-01-01", battery=NAME, soh_percent="90")
    await api.settle()
    headers = await api.headers("maker")

    first = await api.http.get(path, headers=headers)
    second = await api.http.get(first.links["next"]["url"], headers=headers)

    assert first.links["next"]["url"].startswith(path)
    assert first.json()["items"] != second.json()["items"]
    assert ("next" in second.links) == (second.json()["next"] is not None)


async def test_head_answers_as_get_without_the_body(api: Api) -> None:
    for path in ("/", "/healthz", "/v1/me"):
        headers = await api.headers("maker")
        whole = await api.http.get(path, headers=headers)
        head = await api.http.head(path, headers=headers)

        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))


async def test_no_cache_in_between_gives_an_answer_to_somebody_else(api: Api) -> None:
    await api.post("maker", produced(1))
    headers = await api.headers("maker")
    for path in ("/v1/findings", f"/v1/batteries/{NAME}/history", "/v1/batteries/serial:x:1"):
        answer = await api.http.get(path, headers=headers)
        assert answer.headers["cache-control"] == "private, no-cache", path
