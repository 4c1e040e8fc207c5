"""Cursors over HTTP: what no database can compare is refused, and never an error of ours."""

from uuid import UUID

import pytest

from dianchi.views.pages import cursor_of
from support.api import Api

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
async def test_a_cursor_of_the_first_or_last_hours_of_the_calendar_is_refused(
    api: Api, at: str
) -> None:
    cursor = cursor_of((at, str(UUID(int=1))))
    answer = await api.http.get(
        "/v1/exports", params={"cursor": cursor}, headers=await api.headers("regulator")
    )

    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["value"]) == ("/cursor", cursor)
    assert "第一页" in fault["way_out"]["zh"]
