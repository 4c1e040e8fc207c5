"""Why the personal and the secret columns of the database are there, and since when.

A test holds them together with `classes`: each column of C3 and C4 has its reason here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from dianchi.domain.refusals import Text


class Kept(NamedTuple):
    """Why a personal or secret column is there, since when."""

    why: Text
    since: date


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
    ("device", "claimant"): Kept(
        Text(
            "绑定请求的随机数，重试时认出同一台手机；只存带密钥的摘要",
            "tells a phone that repeats its claim from another; a keyed hash only",
        ),
        date(2026, 11, 29),
    ),
    ("photo_part", "body"): Kept(
        Text(
            "收电照片与手写签名，可能有人像；不进日志，只有摘要；可删除",
            "photos and drawn signatures, which may show people; the log has their hash only;"
            " they can be erased",
        ),
        date(2026, 11, 24),
    ),
    ("case_attachment", "body"): Kept(
        Text(
            "案件的附件，可能写有人名、有人像；只给当事单位和办案人员，只以附件下载；可由两人删除",
            "attachments of cases, which may name or show people; given to the firm and to officers"
            " only, never shown as a page; erased by two persons",
        ),
        date(2026, 11, 30),
    ),
    **{
        where: Kept(
            Text(
                "上传的表格及逐行结果，可能写有人名电话；读完即删原文件，逐行内容 30 天后删",
                "tables that firms send, which may name people; the file goes once it was read, its"
                " rows 30 days after the upload ended",
            ),
            date(2026, 11, 29),
        )
        for where in (
            ("upload_part", "body"),
            ("upload_slice", "rows"),
            ("upload_slice", "checked"),
            ("upload_slice", "committed"),
        )
    },
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
    ("outside_receipt", "digest"): Kept(
        Text("一次性链接，只存摘要", "of a one-time link, a digest only"), date(2026, 11, 29)
    ),
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
    ("national_connection", "credentials"): Kept(
        Text(
            "国家平台发给企业的令牌和密钥，加密存放，只用于报送",
            "what the national platform issued to a firm, encrypted; to push by, nothing else",
        ),
        date(2026, 11, 30),
    ),
    **{
        ("webhook", column): Kept(
            Text(
                "签署投递内容的密钥，加密存放；轮换时前一个再用一天",
                "signs what is sent to a webhook, encrypted; a former one for a day more",
            ),
            date(2026, 11, 29),
        )
        for column in ("secret", "former_secret")
    },
}
"""Why each personal or secret column is there."""
