"""What is sent is what `schemas/asyncapi.yaml` says."""

import json
from typing import Any, Final
from uuid import UUID

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from dianchi.store.feed import read_page
from dianchi.store.published import published
from dianchi.webhooks.letters import Desk
from support.api import Api, produced

DOCUMENT: Final = yaml.safe_load((published("schemas") / "asyncapi.yaml").read_text("utf-8"))


def validator(message: str) -> Draft202012Validator:
    """What checks the payload of a message."""
    payload = DOCUMENT["components"]["messages"][message]["payload"]
    return Draft202012Validator({**payload, "components": DOCUMENT["components"]})


async def events(api: Api) -> list[Any]:
    await api.post("maker", produced(1))
    await api.report("maker", "inspected", "2024-06-03", battery=produced(1)["battery"],
                     site="S1", soh_percent="99")  # fmt: skip
    await api.settle()
    answer = await api.http.get("/v1/feed", headers=await api.headers("maker"))
    return list(answer.json())


async def test_an_event_of_the_feed_is_as_described(api: Api) -> None:
    told = await events(api)

    for event in told:
        validator("event").validate(event)
    assert len(told) == 2
    with pytest.raises(ValidationError):
        validator("event").validate(told[0] | {"type": "dianchi.nothing"})


async def test_messages_to_webhooks_are_as_described(api: Api) -> None:
    await events(api)
    page = await read_page(api.services.readers, -1, 1, whole=True)
    desk = Desk("https://t.ynbat.cn")

    thin = json.loads(desk.event(page.entries[0], whole=False))
    test = json.loads(desk.test("test-1", UUID(int=1), page.entries[0].logged_at))

    validator("thinEvent").validate(thin)
    validator("test").validate(test)


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        found = DOCUMENT
        for name in reference.split("/"):
            found = found[name]
