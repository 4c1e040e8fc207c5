"""What every column of the database may be shown to: its class, and why the strict ones are kept.

A test compares this with a migrated database: a column without a class fails it, and a class
without a column.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from dianchi.domain.refusals import Text


class Class(StrEnum):
    """How far a value may go."""

    C0 = "C0"
    """Public: anybody."""
    C1 = "C1"
    """Internal: whoever runs the service."""
    C2 = "C2"
    """Commercial: whoever is party to it, and regulators."""
    C3 = "C3"
    """Personal: encrypted, erasable; read back for a purpose only."""
    C4 = "C4"
    """Secret: never leaves the service, not even to its own logs."""


MEANING: Final[Mapping[Class, Text]] = {
    Class.C0: Text("公开", "public: anybody"),
    Class.C1: Text("内部：运行者", "internal: whoever runs the service"),
    Class.C2: Text("商业：当事单位与监管部门", "commercial: who is party to it, and regulators"),
    Class.C3: Text("个人：加密、可删除", "personal: encrypted, can be erased"),
    Class.C4: Text("秘密：不出服务", "secret: never leaves the service"),
}


class Kept(NamedTuple):
    """Why a personal or secret column is there, since when."""

    why: Text
    since: date


# A line for each class of each table; the columns as the database names them.
_TABLES: Final[Mapping[str, Mapping[Class, str]]] = {
    "alembic_version": {Class.C1: "version_num"},
    "api_key": {
        Class.C1: "last_used_at made_at",
        Class.C2: "prefix organisation role prefecture revoked_at expires_at scopes revoked_by"
        " revoked_why",
        Class.C4: "digest",
    },
    "battery": {
        Class.C1: "log_index next_change_us",
        Class.C2: "stream_id name names stage prefecture chemistry holder reporter owner site"
        " host_kind host model energy_kwh mass_kg quarantined last_us since_us",
    },
    "crowd": {Class.C2: "organisation code day reports"},
    "doubtful": {Class.C2: "organisation code day recorded_us event_id"},
    "erasure": {Class.C2: "id reference basis document organisation hand asked_at"},
    "erasure_decision": {Class.C2: "erasure decision why organisation hand decided_at"},
    "event": {Class.C2: "stream_id version event_id body"},
    "event_key": {Class.C2: "kind key stream_id version"},
    "finding": {
        Class.C2: "finding_id subject_kind subject_id subject code kind severity prefecture"
        " organisation said evidence opened_at closed_at is_open"
    },
    "firm": {Class.C2: "organisation last_us"},
    "kek": {Class.C1: "id since"},
    "log_checkpoint": {Class.C0: "origin size root note cosignatures"},
    "log_entry": {Class.C1: "log_index logged_at", Class.C2: "stream_id version"},
    "log_tile": {Class.C0: "level number hashes"},
    "organisation": {
        Class.C0: "id name uscc province prefecture onboarded_on",
        Class.C2: "permits",
    },
    "outbox": {Class.C2: "stream_ids versions"},
    "personal": {
        Class.C1: "kind kek made_at",
        # A reference without its key leads to nobody; it stands in every event.
        Class.C2: "reference erased_at",
        Class.C3: "sealed",
        Class.C4: "wrapped",
    },
    "projection": {Class.C1: "name log_index version"},
    "report": {Class.C2: "event_id stream_id version organisation sha256 body"},
    "site": {Class.C0: "organisation number name kind prefecture", Class.C2: "area_m2"},
    "stream": {Class.C2: "stream_id version kind name state"},
    "unsettled": {Class.C2: "stream_id kind name due_us"},
    "vendor": {Class.C0: "code name valid_from valid_to"},
}
CLASSES: Final[Mapping[tuple[str, str], Class]] = {
    (table, column): its_class
    for table, classed in _TABLES.items()
    for its_class, columns in classed.items()
    for column in columns.split()
}
"""The class of every column, by table and column."""
KEPT: Final[Mapping[tuple[str, str], Kept]] = {
    ("api_key", "digest"): Kept(
        Text("核对密钥；只存带密钥的摘要", "to check keys; only their keyed hash is kept"),
        date(2026, 11, 23),
    ),
    ("personal", "sealed"): Kept(
        Text(
            "车辆识别代号：溯源法规要求车与电池对应；每项单独加密，可删除",
            "VINs: traceability law links vehicle and battery; each encrypted alone, erasable",
        ),
        date(2026, 11, 24),
    ),
    ("personal", "wrapped"): Kept(
        Text(
            "每项个人信息的数据密钥，由数据库外的密钥加密",
            "the data key of each personal value, wrapped by a key outside of the database",
        ),
        date(2026, 11, 24),
    ),
}
"""Why each personal or secret column is there."""
