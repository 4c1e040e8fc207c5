"""Sites of organisations: added and changed, whole each time."""

from typing import Any, Final

from sqlalchemy import CursorResult, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, or_
from sqlmodel.ext.asyncio.session import AsyncSession

from dianchi.access.tables import WRITING, SiteRow

_KEY: Final = frozenset(("organisation", "number"))
_CHANGED: Final = "changed"


async def put_site(session: AsyncSession, site: SiteRow) -> bool:
    """Writes a site with all that is told of it; the last writer wins. Whether it is new.

    The same once more writes nothing. The caller commits.
    """
    told = site.model_dump(exclude={_CHANGED})
    statement = insert(SiteRow).values(**told)
    facts: dict[str, Any] = {name: statement.excluded[name] for name in told.keys() - _KEY}
    differs = or_(
        *[col(getattr(SiteRow, name)).is_distinct_from(fact) for name, fact in facts.items()]
    )
    written: CursorResult[tuple[bool]] = await (await session.connection()).execute(
        statement.on_conflict_do_update(
            index_elements=sorted(_KEY),
            set_=facts | {_CHANGED: literal_column(WRITING)},
            where=differs,
            # Nobody ever locked a row that was inserted just now.
        ).returning(literal_column("xmax = 0"))
    )
    return bool(written.scalar())
