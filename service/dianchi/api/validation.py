"""What the framework found wrong in a request, in words of ours."""

from collections.abc import Mapping
from typing import Any, Final

from dianchi.domain.refusals import Fault, Malformed, Text

_CODES: Final = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "json_invalid": "malformed_json",
}
_WAY_OUT: Final = Text("接口文档 /docs 列出了允许的取值", "see /docs for what is allowed")
_SENTENCES: Final[Mapping[str, Text]] = {
    "missing": Text("缺少必填项", "is missing"),
    "extra_forbidden": Text("不认识的成员", "is not known here"),
    "greater_than_equal": Text("应不小于 {ge}", "must be at least {ge}"),
    "less_than_equal": Text("应不大于 {le}", "must be at most {le}"),
    "int_parsing": Text("应为整数", "must be a whole number"),
    "bool_parsing": Text("应为 true 或 false", "must be true or false"),
    "uuid_parsing": Text("应为 36 位的 UUID", "must be a UUID of 36 characters"),
    "literal_error": Text("只能是：{expected}", "must be one of: {expected}"),
    "string_type": Text("应为文字", "must be a text"),
    "string_too_short": Text("至少 {min_length} 个字符", "needs {min_length} characters or more"),
    "string_too_long": Text("最多 {max_length} 个字符", "may have {max_length} characters"),
    "string_pattern_mismatch": Text("含有不允许的字符", "has a character that is not allowed"),
    "too_long": Text("最多 {max_length} 项", "may have {max_length} items"),
    "date_from_datetime_parsing": Text("应为日期，如 2026-06-01", "must be a day: 2026-06-01"),
}


def fault_of(found: Mapping[str, Any]) -> Fault:
    """One error of the framework's validation as a fault."""
    place = [str(part).replace("~", "~0").replace("/", "~1") for part in found["loc"][1:]]
    pointer = "/" + "/".join(place) if place else ""
    error = found.get("ctx", {}).get("error")
    if isinstance(error, Malformed):
        told = None if error.conceals else found.get("input")
        return Fault(error.code, pointer, told, error.what, error.way_out)
    said = _SENTENCES.get(found["type"], Text("取值无效", "is not valid"))
    context = {name: str(value).replace("'", "") for name, value in found.get("ctx", {}).items()}
    return Fault(
        _CODES.get(found["type"], "invalid_value"),
        pointer,
        None if found["type"] == "missing" else found.get("input"),
        Text(said.zh.format_map(_in_chinese(context)), said.en.format_map(context)),
        _WAY_OUT,
    )


def _in_chinese(context: Mapping[str, str]) -> dict[str, str]:
    """The same values, with the list of allowed ones as Chinese writes it."""
    listed = context.get("expected", "")
    return {**context, "expected": listed.replace(" or ", "、").replace(", ", "、")}
