"""JSON from outside: decoded once, with everything refused that two readers could read apart."""

import json
import re
from decimal import Decimal
from typing import Any, Final

import msgspec

from dianchi.domain.refusals import Fault, Refused, Text

_KEY: Final = re.compile(rb'"[ \t\r\n]*:')
_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)
DEEPEST: Final = 64


def read_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Decodes a JSON document; numbers with a point become `Decimal`.

    Raises:
        Refused: `invalid_utf8`, `malformed_json` or `duplicate_key`.
    """
    try:
        value = _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise _malformed(body, str(error)) from None
    except RecursionError:
        raise _malformed(body, "nested too deeply") from None
    except UnicodeDecodeError as error:
        raise _malformed(body, str(error)) from None
    if len(_KEY.findall(body)) != _members(value, DEEPEST):
        _find_duplicate(body)
    return value


def _members(value: Any, depth: int) -> int:  # noqa: ANN401 - any JSON value
    """How many members the decoded objects have: fewer than were written means one came twice."""
    if depth == 0:
        raise _refused(
            "malformed_json",
            None,
            Text("JSON 嵌套过深", "the JSON is nested too deeply"),
            Text("上报不需要这么多层", "a report needs far fewer levels"),
        )
    kind = type(value)
    if kind is dict:
        count = len(value)
        for item in value.values():
            if type(item) is dict or type(item) is list:
                count += _members(item, depth - 1)
        return count
    if kind is list:
        return sum(
            _members(item, depth - 1) for item in value if type(item) is dict or type(item) is list
        )
    return 0


def _find_duplicate(body: bytes) -> None:
    """The exact check, for the rare text that looks as if a member came twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for name, value in pairs:
            if name in members:
                raise _refused(
                    "duplicate_key",
                    name,
                    Text(f"成员“{name}”出现两次", f"the member {name!r} appears twice"),
                    Text("请删除其中一个", "remove one of them"),
                )
            members[name] = value
        return members

    json.loads(body, object_pairs_hook=once)


def _refused(code: str, value: object, what: Text, way_out: Text) -> Refused:
    return Refused(Fault(code, "", value, what, way_out))


def _malformed(body: bytes, detail: str) -> Refused:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return _refused(
            "invalid_utf8",
            None,
            Text(f"第 {error.start} 字节不是 UTF-8", f"byte {error.start} is not UTF-8"),
            Text("请用 UTF-8 编码保存后重新提交", "save it as UTF-8 and send it again"),
        )
    return _refused(
        "malformed_json",
        None,
        Text(f"不是合法的 JSON：{detail}", f"is not valid JSON: {detail}"),
        Text("请检查括号、引号和逗号", "check brackets, quotes and commas"),
    )
