"""The register of factor tables, by which material and CO2 saved are estimated."""

from fastapi import APIRouter, Response

from dianchi.access.factors import factor_tables, note_factors
from dianchi.access.keys import now_of
from dianchi.api.bodies.circle import FactorTableBody, FactorTableNew, FactorTablesBody
from dianchi.api.bodies.shared import problems
from dianchi.api.circling import table_json
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse
from dianchi.domain.savings import DEFINITION, ESTIMATE, SOURCES, Factor, FactorTable
from dianchi.exchange.json_out import encode

router = APIRouter(prefix="/v1/factor-tables", tags=["registry"])


@router.get(
    "",
    response_model=FactorTablesBody,
    responses=problems(401, 403),
    summary="Factor tables for savings",
)
async def get_factor_tables(services: ServicesDep, reporter: ReporterDep) -> Response:
    """All tables by the day from which they hold; without any, nothing is estimated."""
    async with services.seeing(reporter).acquire() as connection:
        tables = await factor_tables(connection)
    answer = {
        "estimate": ESTIMATE._asdict(),
        "definition": DEFINITION._asdict(),
        "sources": {word: source.name._asdict() for word, source in SOURCES.items()},
        "items": [table_json(each) for each in tables],
    }
    return Response(encode(answer), media_type="application/json")


@router.post(
    "",
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    summary="Note a factor table",
)
async def post_factor_table(
    services: ServicesDep, reporter: ReporterDep, told: FactorTableNew
) -> FactorTableBody:
    """Notes a named, versioned table from a document; it holds until a later one begins.

    Nothing that was noted is changed: of tables from the same first day on, the latest counts, and
    months before that day keep their figures.
    """
    table = _checked(told)
    async with services.make_session() as session:
        by = reporter.person or reporter.organisation
        await note_factors(session, table, by, now_of(services.clock))
    return FactorTableBody(**table_json(table))


def _checked(told: FactorTableNew) -> FactorTable:
    """The table.

    Raises:
        Refused: it begins within a month, or a factor is of nothing that is counted, told twice or
            empty.
    """
    if told.valid_from.day != 1:
        raise refuse(
            "invalid_value",
            ("因子表要从某月的第一天起生效", "a table holds from the first day of a month"),
            ("数字按月统计，请填每月 1 日", "counts are by month: write the first day of one"),
            pointer="/valid_from",
            value=str(told.valid_from),
        )
    seen: set[str] = set()
    for at, each in enumerate(told.factors):
        if each.of not in SOURCES:
            listed = ", ".join(SOURCES)
            raise refuse(
                "invalid_value",
                (f"没有“{each.of}”这一项", f"nothing called '{each.of}' is counted"),
                (f"可用：{listed}", f"use one of: {listed}"),
                pointer=f"/factors/{at}/of",
                value=each.of,
            )
        if each.of in seen or (each.material_kg is None and each.co2e_kg is None):
            raise refuse(
                "invalid_value",
                ("同一项写了两次，或两个因子都没有填写", "told twice, or without any factor"),
                (
                    "每项写一次，节材和减碳至少填一个",
                    "write each once, with material, CO2 or both",
                ),
                pointer=f"/factors/{at}",
                value=each.of,
            )
        seen.add(each.of)
    factors = tuple(Factor(each.of, each.material_kg, each.co2e_kg) for each in told.factors)
    return FactorTable(told.name, told.version, told.source, told.valid_from, factors)
