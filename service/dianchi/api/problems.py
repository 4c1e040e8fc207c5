"""Problems (RFC 9457): every refusal code with its status and its title in zh and en."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.siting import checked as checked_at
from dianchi.exchange.json_out import encode, shown


class ProblemKind(NamedTuple):
    """One row of the published table."""

    status: int
    title: Text


PROBLEMS: Final[Mapping[str, ProblemKind]] = {
    "malformed_json": ProblemKind(400, Text("不是合法的 JSON", "Not valid JSON")),
    "duplicate_key": ProblemKind(400, Text("JSON 成员重复", "A JSON member appears twice")),
    "invalid_utf8": ProblemKind(400, Text("不是 UTF-8 编码", "Not UTF-8")),
    "battery_required": ProblemKind(400, Text("需要指明电池", "Name the battery")),
    "two_credentials": ProblemKind(400, Text("凭证重复", "Two credentials")),
    "key_missing": ProblemKind(401, Text("缺少密钥", "No key")),
    "key_invalid": ProblemKind(401, Text("密钥无效", "The key is not valid")),
    "session_ended": ProblemKind(401, Text("登录已结束", "The session has ended")),
    "sign_in_failed": ProblemKind(401, Text("登录未成功", "Not signed in")),
    "code_needed": ProblemKind(403, Text("需要验证码", "A code is needed")),
    "cross_site": ProblemKind(403, Text("请求来源不明", "Not certainly from this site")),
    "role_not_allowed": ProblemKind(403, Text("角色无权进行此操作", "Not allowed for this role")),
    "scope_not_allowed": ProblemKind(
        403, Text("密钥的范围不含此操作", "Outside of the scopes of this key")
    ),
    "signature_required": ProblemKind(
        403, Text("本单位的上报须签名", "Reports of this organisation must be signed")
    ),
    "mandate_missing": ProblemKind(403, Text("没有相应的授权", "Not covered by a mandate")),
    "wrong_environment": ProblemKind(
        403, Text("密钥属于另一环境", "The key is of the other environment")
    ),
    "second_person_needed": ProblemKind(
        403, Text("须由另一人批准", "Another person has to approve it")
    ),
    "not_found": ProblemKind(404, Text("没有找到", "Not found")),
    "method_not_allowed": ProblemKind(405, Text("不支持的方法", "Method not allowed")),
    "body_too_slow": ProblemKind(408, Text("内容传得太慢", "The body came too slowly")),
    "event_id_conflict": ProblemKind(
        409, Text("event_id 已用于不同内容", "The event_id is taken by another report")
    ),
    "target_unknown": ProblemKind(
        409, Text("找不到要更正的记录", "What to correct is not on record")
    ),
    "not_correctable": ProblemKind(409, Text("这条记录不能更正", "This cannot be corrected")),
    "already_decided": ProblemKind(409, Text("申请已有决定", "It was decided already")),
    "case_changed": ProblemKind(409, Text("案件已有进展", "The case went on")),
    "step_not_lawful": ProblemKind(409, Text("现在不能这样办", "Not a step of this state")),
    "already_worked": ProblemKind(409, Text("已在别的案件中办理", "Worked in another case")),
    "no_breach": ProblemKind(409, Text("没有可责令改正的事项", "Nothing to be ordered")),
    "sandbox_not_ready": ProblemKind(409, Text("沙盒尚未就绪", "The sandbox is not ready")),
    "run_ended": ProblemKind(409, Text("自测已结束", "The run has ended")),
    "try_again": ProblemKind(409, Text("请稍后重试", "Try again")),
    "request_conflict": ProblemKind(
        409,
        Text("Idempotency-Key 已用于不同内容", "The Idempotency-Key is taken by another request"),
    ),
    "receipt_not_ready": ProblemKind(409, Text("收据尚未就绪", "The receipt is not ready yet")),
    "not_a_taking_in": ProblemKind(409, Text("不是入库上报", "It is no taking-in")),
    "code_used": ProblemKind(410, Text("绑定码已失效", "The code is no longer good")),
    "photo_erased": ProblemKind(410, Text("照片已删除", "The photo was erased")),
    "attachment_erased": ProblemKind(410, Text("附件已删除", "The attachment was erased")),
    "too_many_streams": ProblemKind(429, Text("事件流过多", "Too many event streams")),
    "export_not_ready": ProblemKind(409, Text("导出尚未就绪", "The export is not ready")),
    "upload_not_ready": ProblemKind(409, Text("上传尚不能这样处理", "Not at this stage")),
    "not_all_rows": ProblemKind(409, Text("并非每行都能记入", "Not every row can be recorded")),
    "too_many_columns": ProblemKind(413, Text("列数过多", "Too many columns")),
    "too_many_rows": ProblemKind(413, Text("行数过多", "Too many rows")),
    "body_too_large": ProblemKind(413, Text("内容过大", "The body is too large")),
    "invalid_code": ProblemKind(422, Text("电池编码无效", "The battery name is not valid")),
    "invalid_date": ProblemKind(422, Text("日期时间无效", "The date is not valid")),
    "in_future": ProblemKind(422, Text("发生时间在将来", "It lies in the future")),
    "missing_field": ProblemKind(422, Text("缺少必填项", "A member is missing")),
    "unknown_field": ProblemKind(422, Text("不认识的成员", "A member is not known")),
    "invalid_value": ProblemKind(422, Text("取值无效", "A value is not valid")),
    "one_firm": ProblemKind(422, Text("一案只办一家单位", "A case is of one firm")),
    "code_as_number": ProblemKind(422, Text("编码被当成了数字", "A code was taken for a number")),
    "unknown_format": ProblemKind(422, Text("不是可识别的表格", "No table of a known format")),
    "unknown_encoding": ProblemKind(422, Text("文字编码无法识别", "The encoding is not known")),
    "file_encrypted": ProblemKind(422, Text("文件有密码", "The file has a password")),
    "file_has_macros": ProblemKind(422, Text("文件带有宏", "The file has macros")),
    "file_suspicious": ProblemKind(422, Text("文件可疑", "The file is suspicious")),
    "file_damaged": ProblemKind(422, Text("文件已损坏", "The file is damaged")),
    "no_header": ProblemKind(422, Text("没有表头", "No header row")),
    "hash_differs": ProblemKind(422, Text("内容与 SHA-256 不符", "The SHA-256 differs")),
    "other_type": ProblemKind(422, Text("文件与类型不符", "The file is of another type")),
    "signature_invalid": ProblemKind(422, Text("签名无效", "The signature is not valid")),
    "unknown_type": ProblemKind(422, Text("不认识的事件类型", "The event type is not known")),
    "too_many_requests": ProblemKind(429, Text("请求过多", "Too many requests")),
    "too_many_tries": ProblemKind(429, Text("尝试过多", "Too many tries")),
    "head_too_large": ProblemKind(431, Text("请求头过大", "The head is too large")),
    "internal_error": ProblemKind(500, Text("服务出错", "The service failed")),
    "not_ready": ProblemKind(503, Text("服务尚未就绪", "Not ready yet")),
}
MEDIA_TYPE: Final = "application/problem+json"


def refuse(
    code: str,
    what: tuple[str, str],
    way_out: tuple[str, str],
    *,
    pointer: str = "",
    value: object = None,
) -> Refused:
    """A refusal of one fault, from its sentences in zh and en."""
    return Refused(Fault(code, pointer, value, Text(*what), Text(*way_out)))


def checked(text: str | None, member: str, parse: Callable[[str], str]) -> str | None:
    """A member that may be missing, parsed; what is wrong with it points at it.

    Raises:
        Refused: what `parse` found malformed.
    """
    return checked_at(text, f"/{member}", parse)


def problem_json(faults: Sequence[Fault], language: str) -> dict[str, Any]:
    """The members of a problem document; its code and status are those of the first fault."""
    first = faults[0]
    kind = PROBLEMS[first.code]
    way = getattr(first.way_out, language)
    return {
        "type": f"/docs/problems#{first.code}",
        "title": getattr(kind.title, language),
        "status": kind.status,
        "code": first.code,
        "detail": _sentences(getattr(first.what, language), way, language),
        "errors": [
            {
                "code": f.code,
                "pointer": f.pointer,
                "value": shown(f.value),
                "message": {"zh": f.what.zh, "en": f.what.en},
                "way_out": {"zh": f.way_out.zh, "en": f.way_out.en},
            }
            for f in faults[:100]
        ],
    }


def _sentences(what: str, way_out: str, language: str) -> str:
    if what.endswith(("。", ".", "！", "？")):
        return f"{what}{'' if language == 'zh' else ' '}{way_out}"
    return f"{what}{'。' if language == 'zh' else '. '}{way_out}"


def problem_bytes(refused: Refused, language: str) -> tuple[int, bytes]:
    """Status and body of a refusal."""
    document = problem_json(refused.faults, language)
    return document["status"], encode(document)
