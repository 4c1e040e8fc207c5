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
        Class.C2: "prefix organisation role prefecture area department names revoked_at expires_at"
        " scopes revoked_by revoked_why device",
        Class.C4: "digest",
    },
    "application": {
        Class.C2: "number name uscc roles province prefecture county made_at decision decided_at"
        " decided_by reason organisation handed_at told",
        Class.C4: "secret",
    },
    "audit": {Class.C1: "batch place", Class.C2: "at actor role person act subject"},
    "battery": {
        Class.C1: "log_index next_change_us",
        Class.C2: "stream_id name names stage prefecture chemistry holder reporter owner site"
        " host_kind host model energy_kwh mass_kg quarantined last_us since_us seen_by maker"
        " safety_class handover receiver",
    },
    "client_assertion": {Class.C1: "client jti expires_at"},
    "client_key": {
        Class.C1: "made_at made_by",
        Class.C2: "id public_key name organisation role prefecture area department scopes"
        " revoked_at",
    },
    "complaint": {
        Class.C1: "made_at closed_at",
        Class.C2: "number kind battery prefecture closed_by reason",
    },
    "crowd": {Class.C2: "organisation code day reports"},
    "device": {
        Class.C1: "code_ends made_at told_at tested_at test",
        Class.C2: "id organisation role site name claimed_at revoked_at revoked_why app offset_ms"
        " unsent refused",
        Class.C4: "code",
    },
    "device_block": {Class.C1: "asked made_at", Class.C2: "block device"},
    "device_told": {Class.C1: "cursor told_at", Class.C2: "device told"},
    "doubtful": {Class.C2: "organisation code day recorded_us event_id"},
    "erasure": {Class.C2: "id reference basis document organisation hand asked_at"},
    "erasure_decision": {Class.C2: "erasure decision why organisation hand decided_at"},
    "event": {Class.C2: "stream_id version event_id body"},
    "event_key": {Class.C2: "kind key stream_id version"},
    "finding": {
        Class.C2: "finding_id subject_kind subject_id subject code kind severity prefecture"
        " organisation said evidence opened_at closed_at is_open seen_by"
    },
    "firm": {Class.C2: "organisation last_us"},
    "first_regulator": {Class.C1: "alone person made_at"},
    "kek": {Class.C1: "id since"},
    "log_checkpoint": {Class.C0: "origin size root note cosignatures"},
    "log_entry": {Class.C1: "log_index logged_at", Class.C2: "stream_id version"},
    "log_tile": {Class.C0: "level number hashes"},
    "mandate": {
        Class.C2: "id organisation agent role types sites area valid_from valid_to said made_at"
        " revoked_at revoked_why"
    },
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
    "person": {
        Class.C1: "id manages totp_since totp_step made_at made_by expires_at disabled_at"
        " disabled_by",
        Class.C2: "organisation role prefecture area department names",
        Class.C3: "login subject",
        Class.C4: "password totp_secret",
    },
    "person_link": {
        Class.C1: "person clears_codes made_at expires_at used_at",
        Class.C4: "digest",
    },
    "person_session": {
        Class.C1: "person step tries made_at seen_at expires_at",
        Class.C3: "agent address",
        Class.C4: "digest",
    },
    "power_decision": {Class.C1: "proposal decision decided_at decided_by"},
    "power_proposal": {
        Class.C1: "id person act manages clears_codes expires_at made_at made_by",
        Class.C2: "organisation role prefecture area department names",
    },
    "photo": {Class.C1: "made_at", Class.C2: "organisation sha256 type size parts erased_at"},
    "photo_part": {
        Class.C1: "made_at",
        Class.C2: "organisation sha256 part size",
        Class.C3: "body",
    },
    "projection": {Class.C1: "name log_index version"},
    "recovery_code": {Class.C1: "person used_at", Class.C4: "digest"},
    "report": {Class.C2: "event_id stream_id version organisation sha256 body"},
    "shown_event": {Class.C2: "stream_id version event_id body"},
    "site": {
        Class.C0: "organisation number name kind prefecture county functional opened_on closed_on",
        Class.C1: "changed",
        Class.C2: "area_m2 capacity_kg permits principals",
    },
    "slip": {Class.C1: "made_at", Class.C2: "number event_id"},
    "stream": {Class.C2: "stream_id version kind name state seen_by"},
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
    ("application", "secret"): Kept(
        Text("申请人查询结果的口令，只存摘要", "opens the answer to an application; a digest only"),
        date(2026, 11, 24),
    ),
    ("device", "code"): Kept(
        Text("设备绑定码，只存带密钥的摘要", "binds a phone, once; a keyed hash only"),
        date(2026, 11, 24),
    ),
    ("photo_part", "body"): Kept(
        Text(
            "收电照片与手写签名，可能有人像；不进日志，只有摘要；可删除",
            "photos and drawn signatures, which may show people; the log has their hash only;"
            " they can be erased",
        ),
        date(2026, 11, 24),
    ),
    **{
        ("person", column): Kept(
            Text("登录名与统一身份：按值查找", "how an account is called: it is looked up by that"),
            date(2026, 11, 24),
        )
        for column in ("login", "subject")
    },
    ("person", "password"): Kept(
        Text("口令，只存 argon2id 摘要", "of a password, only what argon2id makes of it"),
        date(2026, 11, 24),
    ),
    ("person", "totp_secret"): Kept(
        Text("第二步验证的密钥，加密存放", "the secret of a second factor, encrypted"),
        date(2026, 11, 24),
    ),
    **{
        ("person_session", column): Kept(
            Text(
                "供本人识别自己的登录；随会话删除",
                "lets people recognise their own sessions; goes with the session",
            ),
            date(2026, 11, 24),
        )
        for column in ("agent", "address")
    },
    **{
        (table, "digest"): Kept(
            Text(
                "一次性链接、会话、恢复码，只存摘要", "of links, sessions and codes, digests only"
            ),
            date(2026, 11, 24),
        )
        for table in ("person_link", "person_session", "recovery_code")
    },
    ("personal", "sealed"): Kept(
        Text(
            "车辆识别代号（溯源法规要求车与电池对应）、人员姓名、申请单位的联系人、公众投诉的内容和联系方式；"
            "每项单独加密，可删除",
            "VINs (traceability law links vehicle and battery), names of people, contacts of"
            " applicants, what the public complains of and how to reach who did; each encrypted"
            " alone, erasable",
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
