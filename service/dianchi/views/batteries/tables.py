"""The list row of a battery, as the migrations make it; a test holds them together."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel


class BatteryRow(SQLModel, table=True):
    """A battery under its canonical name, as lists show it.

    `stage`, `prefecture`, `chemistry` and `holder` are empty where nobody knows, never null: pages
    go on by comparing them. `names` holds all of its names where it has several. `made_day` is the
    Chinese day since 1970 that its code says; 0 where none does.
    """

    __tablename__ = "battery"
    __table_args__ = (
        Index("battery_by_stage", "stage", "prefecture", "chemistry", "holder", "name"),
        Index("battery_by_prefecture", "prefecture", "chemistry", "holder", "name"),
        Index("battery_by_chemistry", "chemistry", "stage", "holder", "name"),
        Index("battery_by_holder", "holder", "stage", "prefecture", "chemistry", "name"),
        Index("battery_due", "next_change_us"),
        Index("battery_expected", "receiver", postgresql_where=text("stage = 'in_transit'")),
        Index("battery_by_seer", "seen_by", postgresql_using="gin"),
        Index(
            "battery_in_store",
            "holder",
            "site",
            "mass_kg",
            postgresql_where=text(
                "site IS NOT NULL"
                " AND stage IN ('collected', 'retired', 'removed', 'at_utilizer', 'assessed')"
            ),
        ),
        Index("battery_by_maker", "maker", "made_day"),
        Index(
            "battery_remedied",
            "remedied",
            postgresql_using="gin",
            postgresql_where=text("remedied IS NOT NULL"),
        ),
    )

    stream_id: UUID = Field(primary_key=True)
    name: str
    names: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    stage: str
    prefecture: str
    chemistry: str
    holder: str
    reporter: str | None = None
    owner: Any = Field(default=None, sa_column=Column(JSONB))
    site: str | None = None
    host_kind: str | None = None
    host: str | None = None
    model: str | None = None
    energy_kwh: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    mass_kg: Decimal | None = Field(default=None, sa_column=Column(Numeric))
    quarantined: bool
    last_us: int = Field(sa_column=Column(BigInteger, nullable=False))
    since_us: int = Field(sa_column=Column(BigInteger, nullable=False))
    seen_by: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default="{}")
    )
    log_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    next_change_us: int | None = Field(default=None, sa_column=Column(BigInteger))
    maker: str | None = None
    safety_class: str | None = None
    handover: str | None = None
    receiver: str | None = None
    held: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    made_day: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    remedied: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
