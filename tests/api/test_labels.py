"""Labels over HTTP: of one battery, of many, in every format and revision."""

import io

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from support.api import Api, code, produced


async def the_life(api: Api, serial: int) -> str:
    assert (await api.post("maker", produced(serial))).status_code == 201
    return code(serial)


def read(image: Image.Image) -> list[str]:
    return sorted(found.text for found in zxingcpp.read_barcodes(image))


async def test_a_label_of_a_replaced_one_says_its_revision(api: Api) -> None:
    name = await the_life(api, 1)
    await api.report(
        "maker",
        "relabelled",
        "2024-06-02T10:00:00+08:00",
        battery=name,
        revision=2,
        reason="torn",
    )
    headers = await api.headers("maker")
    for query, ending in (("", "/R2"), ("?revision=1", "/R1"), ("?revision=0", "")):
        answer = await api.http.get(f"/v1/batteries/{name}/label.png{query}", headers=headers)
        found = read(Image.open(io.BytesIO(answer.content)))
        assert found == sorted([name, f"HTTPS://T.YNBAT.CN/B/{name}{ending}"])
        page = await api.http.get(f"/B/{name}{ending}", headers={"accept": "application/json"})
        assert page.json()["battery"] == name


@pytest.mark.parametrize(
    ("query", "start"),
    [
        ("label.zpl?dpi=300&size=80x50", b"^XA^PW945^LL591"),
        ("label.zpl", b"^XA^PW480^LL320"),
        ("label.pdf?size=80x50", b"%PDF"),
        ("label.svg?size=80x50", b'<svg xmlns="http://www.w3.org/2000/svg" width="80mm"'),
    ],
)
async def test_a_label_comes_in_the_format_and_size_asked_for(
    api: Api, query: str, start: bytes
) -> None:
    name = await the_life(api, 1)
    answer = await api.http.get(f"/v1/batteries/{name}/{query}", headers=await api.headers("maker"))
    assert answer.status_code == 200
    assert answer.content.startswith(start)


@pytest.mark.parametrize("query", ["label.gif", "label.png?size=1x1", "label.png?dpi=72"])
async def test_a_label_in_no_format_of_ours_is_refused(api: Api, query: str) -> None:
    name = await the_life(api, 1)
    answer = await api.http.get(f"/v1/batteries/{name}/{query}", headers=await api.headers("maker"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")


async def test_many_labels_come_in_the_order_asked_for(api: Api) -> None:
    names = [await the_life(api, serial) for serial in (3, 1, 2)]
    headers = await api.headers("maker")

    roll = await api.http.post("/v1/labels", json={"batteries": names}, headers=headers)
    pages = [read(page.render(scale=3).to_pil())[0] for page in pypdfium2.PdfDocument(roll.content)]
    sheet = {"batteries": names, "sheet": "a4"}
    a4 = await api.http.post("/v1/labels", json=sheet, headers=headers)
    (page,) = pypdfium2.PdfDocument(a4.content)
    told = {"batteries": names, "format": "zpl", "size": "80x50", "dpi": 300}
    zpl = await api.http.post("/v1/labels", json=told, headers=headers)

    assert pages == names
    assert len(read(page.render(scale=4).to_pil())) == 6
    assert zpl.content.count(b"^XA") == 3


async def test_none_is_printed_where_one_is_not_the_callers_business(api: Api) -> None:
    ours, theirs = await the_life(api, 1), code(2)
    await api.post("maker", produced(2), "别的厂")
    told = {"batteries": [ours, theirs]}

    answer = await api.http.post("/v1/labels", json=told, headers=await api.headers("maker"))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["errors"][0]["value"] == theirs


async def test_no_more_than_a_thousand_labels_at_once(api: Api) -> None:
    told = {"batteries": [code(1)] * 1001}
    answer = await api.http.post("/v1/labels", json=told, headers=await api.headers("maker"))
    assert answer.status_code == 422


async def test_a_thousand_labels_ask_the_database_as_often_as_one(api: Api) -> None:
    names = [await the_life(api, serial) for serial in range(1, 13)]
    await api.report("outlet", "identified", "2024-06-02", battery=names[0], name="asset:示范:A-1")
    headers, asked = await api.headers("regulator"), list[str]()
    async with api.services.readers.acquire() as connection:
        connection.add_query_logger(lambda query: asked.append(query.query))

    counts = []
    for some in (names[1:2], names, ["asset:示范:A-1", names[0]]):
        asked.clear()
        told = {"batteries": some, "format": "zpl"}
        answer = await api.http.post("/v1/labels", json=told, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.content.count(b"^XA") == len(some)
        counts.append(len(asked))

    assert 0 < counts[1] == counts[0]
    assert counts[2] <= counts[0] + 2
