"""Genealogy: both ways round the circle, bounded."""

from typing import Any

import asyncpg
import pytest

from dianchi.views.genealogy import query
from dianchi.views.genealogy.query import Graph, genealogy
from support.reports import (
    MAKER,
    OUTLET,
    RECYCLER,
    UTILIZER,
    identified,
    pack,
    produced,
    recycled,
    report,
)
from support.views import Views

SET = "serial:maker:set-1"
MODULES = ["serial:maker:m1", "serial:maker:m2"]
LOT = f"lot:{MAKER.organisation}:L1"
OUT = f"lot:{RECYCLER.organisation}:R1"
BATCH = f"batch:{RECYCLER.organisation}:B1"


def upper(name: str) -> str:
    scheme, _, value = name.partition(":")
    return f"{scheme}:{value.upper()}"


@pytest.fixture
async def circle(views: Views) -> Views:
    line = {"lot": "L1", "material": "cathode_powder", "mass_kg": "20"}
    again = {"lot": "R1", "issuer": RECYCLER.organisation, "material": "copper", "mass_kg": "7"}
    children = [{"battery": name, "mass_kg": "150"} for name in MODULES]
    for raw, who in [
        (produced(pack(1), lots=[line]), MAKER),
        (produced(pack(2), modules=["serial:maker:m9"]), MAKER),
        (
            report(
                "disassembled", "2026-04-01T09:00", pack(1), children=children, other_mass_kg="10"
            ),
            UTILIZER,
        ),
        (
            report(
                "repurposed",
                "2026-05-01T09:00",
                SET,
                parents=MODULES,
                application="base_station",
                rated_capacity_ah="100",
                rated_energy_kwh="10",
                mass_kg="300",
            ),
            UTILIZER,
        ),
        (recycled(SET, outputs=[{"lot": "R1", "material": "copper", "mass_kg": "90"}]), RECYCLER),
        (produced(pack(3), "2026-09-01T09:00", lots=[again]), MAKER),
    ]:
        await views.record.send(raw, who)
    return views


async def walk(views: Views, name: str, **asked: Any) -> Graph:
    async with views.record.readers.acquire() as connection:
        return await genealogy(connection, name, **asked)


def edges(graph: Graph) -> set[tuple[str, str, str, str | None]]:
    return {(e.source, e.target, e.kind, e.mass_kg) for e in graph.edges}


def the_circle() -> set[tuple[str, str, str, str | None]]:
    made = upper(SET)
    return {
        (LOT, pack(1), "produced", "20"),
        *((pack(1), upper(m), "disassembled", "150") for m in MODULES),
        *((upper(m), made, "repurposed", None) for m in MODULES),
        (made, BATCH, "recycled", "400"),
        (BATCH, OUT, "recovered", "90"),
        (OUT, pack(3), "produced", "7"),
    }


async def test_descendants_go_all_the_way_round(circle: Views) -> None:
    graph = await walk(circle, LOT, direction="descendants")
    assert edges(graph) == the_circle()
    assert [node.id for node in graph.nodes][:2] == [LOT, pack(1)]
    stages = {node.id: node.stage for node in graph.nodes}
    assert (stages[pack(1)], stages[upper(SET)], stages[BATCH]) == (
        "disassembled",
        "recycled",
        None,
    )
    assert not graph.truncated


async def test_ancestors_are_the_same_steps_from_the_other_end(circle: Views) -> None:
    assert edges(await walk(circle, pack(3), direction="ancestors")) == the_circle()


async def test_both_are_ancestors_and_descendants(circle: Views) -> None:
    assert edges(await walk(circle, upper(SET))) == the_circle()


async def test_both_does_not_walk_into_relatives(circle: Views) -> None:
    graph = await walk(circle, upper(MODULES[0]))
    assert upper(MODULES[1]) not in {node.id for node in graph.nodes}


async def test_depth_bounds_the_steps(circle: Views) -> None:
    graph = await walk(circle, pack(1), direction="descendants", depth=1)
    assert {node.id for node in graph.nodes} == {pack(1), *map(upper, MODULES)}


async def test_a_module_that_nobody_reported_is_a_node_without_stage(circle: Views) -> None:
    graph = await walk(circle, pack(2), direction="ancestors")
    module = upper("serial:maker:m9")
    assert edges(graph) == {(module, pack(2), "assembled", None)}
    assert {n.id: n.stage for n in graph.nodes}[module] is None
    assert edges(await walk(circle, module, direction="descendants")) == edges(graph)


async def test_what_nobody_knows_has_no_graph(circle: Views) -> None:
    assert (await walk(circle, pack(77))).nodes == []
    assert (await walk(circle, "lot:O1MAKER11111:none")).nodes == []


async def test_joined_names_are_one_node(circle: Views) -> None:
    await circle.record.send(identified(upper(MODULES[0]), pack(4), "2026-04-02T09:00"), OUTLET)
    graph = await walk(circle, pack(1), direction="descendants", depth=1)
    assert {node.id for node in graph.nodes} == {pack(1), pack(4), upper(MODULES[1])}


async def test_a_wide_graph_is_cut_and_says_so(
    circle: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "MOST_NODES", 3)
    graph = await walk(circle, LOT, direction="descendants")
    assert len(graph.nodes) == 3
    assert graph.truncated
    assert all({e.source, e.target} <= {n.id for n in graph.nodes} for e in graph.edges)


async def test_a_level_costs_the_same_however_wide(circle: Views) -> None:
    async def trips(name: str) -> int:
        count = 0

        def note(_: Any) -> None:
            nonlocal count
            count += 1

        connection = await asyncpg.connect(circle.projector._dsn)
        connection.add_query_logger(note)
        await genealogy(connection, name, direction="descendants", depth=1)
        await connection.close()
        return count

    narrow = await trips(pack(2))
    many = [
        produced(pack(n), lots=[{"lot": "L1", "material": "copper", "mass_kg": "1"}])
        for n in range(100, 200)
    ]
    await circle.record.batch(many)
    assert await trips(LOT) <= narrow + 4


def two_batch_reports() -> list[dict[str, Any]]:
    """One batch in two reports: from one lot in two parts, into one lot in two parts."""
    entering = {"lot": "L9", "issuer": MAKER.organisation}
    leaving = {"lot": "R9", "material": "copper"}
    return [
        recycled(
            at=f"2026-06-1{day}T09:00",
            batch="B9",
            inputs=[entering | {"mass_kg": in_kg}],
            outputs=[leaving | {"mass_kg": out_kg}],
        )
        for day, in_kg, out_kg in ((0, "1000", "20"), (1, "30.5", "900"))
    ]


@pytest.mark.parametrize("turn", [1, -1], ids=["in order", "late"])
@pytest.mark.parametrize("way", ["ancestors", "descendants", "both"])
async def test_an_edge_has_the_mass_of_all_its_events_whatever_their_order(
    views: Views, turn: int, way: str
) -> None:
    for raw in two_batch_reports()[::turn]:
        await views.record.send(raw, RECYCLER)
    batch, source = f"batch:{RECYCLER.organisation}:B9", f"lot:{MAKER.organisation}:L9"
    product = f"lot:{RECYCLER.organisation}:R9"
    start = {"ancestors": product, "descendants": source, "both": batch}[way]
    assert edges(await walk(views, start, direction=way)) == {
        (source, batch, "recycled", "1030.5"),
        (batch, product, "recovered", "920"),
    }


async def test_a_lot_named_twice_by_a_birth_gave_both_masses(views: Views) -> None:
    line = {"lot": "L1", "material": "cathode_powder"}
    lots = [line | {"mass_kg": "20"}, line | {"mass_kg": "2.5"}]
    await views.record.send(produced(pack(5), lots=lots), MAKER)
    told = {(LOT, pack(5), "produced", "22.5")}
    assert edges(await walk(views, LOT)) == told
    assert edges(await walk(views, pack(5))) == told


async def test_things_tell_what_they_weigh_and_of_how_many_cells_they_are(circle: Views) -> None:
    cells = {"count": 1152, "lot": "C1"}
    await circle.record.send(produced(pack(5), cells=cells), MAKER)
    weights = {node.id: node.mass_kg for node in (await walk(circle, LOT)).nodes}
    assert (weights[pack(1)], weights[upper(SET)], weights[OUT]) == ("410.5", "400", "90")
    assert (weights[LOT], weights[BATCH]) == (None, None)
    assert [node.cells for node in (await walk(circle, pack(5))).nodes] == [1152]
