"""Why a text is not the name of a battery, in words a clerk understands, each with a way out."""

from collections.abc import Callable
from typing import Final

from dianchi.domain import code_tables as tables
from dianchi.domain.refusals import Malformed, Text

_LENGTHS: Final = (19, 24, 26)
_SCAN_AGAIN: Final = Text(
    "请对照标签重新扫描；标签无法辨认时使用 tmp: 临时编号。",
    "Scan the label again; if it cannot be read, use a temporary name (tmp:).",
)
_OTHER_SCHEMES: Final = Text(
    "如果是厂家序列号，请写成 serial:<厂家>:<序列号>;"
    "如果是单位资产号，请写成 asset:<单位>:<资产号>。",
    "If it is a maker's serial number write serial:<vendor>:<number>; "
    "if it is an asset number write asset:<organisation>:<number>.",
)
_DIGITS_FOR_LETTERS: Final = str.maketrans("OQDILZSB", "00011258")


def _invalid(what: Text, way_out: Text) -> Malformed:
    return Malformed("invalid_code", what, way_out)


def empty_name() -> Malformed:
    """Nothing was given."""
    return _invalid(Text("电池编号为空。", "The battery name is empty."), _SCAN_AGAIN)


def too_long(length: int) -> Malformed:
    """More text than any name holds."""
    return _invalid(
        Text(f"电池编号过长({length} 个字符)。", f"The battery name is too long ({length})."),
        Text("每一段最多 64 个字符。", "Each part holds at most 64 characters."),
    )


def not_our_address(text: str) -> Malformed:
    """A web address that is not that of one of our labels."""
    shown = text[:80]
    return _invalid(
        Text(f"这是网址，不是电池编号：{shown}", f"This is a web address, not a battery: {shown}"),
        Text(
            "请扫描带 24 位编码的条码，或本平台标签 https://…/B/<编号>。",
            "Scan the bar code with the 24-character code, or our own label https://…/B/<name>.",
        ),
    )


def unknown_scheme(scheme: str) -> Malformed:
    """`scheme:value` with a scheme we do not know."""
    return _invalid(
        Text(f"未知的编号类型“{scheme}”。", f"Unknown naming scheme '{scheme}'."),
        Text(
            "可用：gbt34014、gbt45565、gbt40098、serial、asset、tmp。",
            "Known schemes: gbt34014, gbt45565, gbt40098, serial, asset, tmp.",
        ),
    )


def issuer_missing(scheme: str) -> Malformed:
    """`serial:` and `asset:` need both the issuer and the number."""
    return _invalid(
        Text(f"{scheme}: 需要两段。", f"{scheme}: needs two parts."),
        _OTHER_SCHEMES,
    )


def not_temporary(value: str) -> Malformed:
    """`tmp:` without a block and a number."""
    return _invalid(
        Text(f"“{value[:64]}”不是临时编号。", f"'{value[:64]}' is not a temporary number."),
        Text(
            "请使用发放的号段：tmp:<号段>-<序号>。",
            "Use a number of the block issued to you: tmp:<block>-<n>.",
        ),
    )


def bad_characters(where: tuple[int, str]) -> Malformed:
    """A character that no name may hold."""
    position, character = where
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return _invalid(
        Text(
            f"第 {position} 位字符“{shown}”不允许使用。",
            f"Character {position} ('{shown}') is not allowed.",
        ),
        Text(
            "只用字母、汉字、数字和 - _ . / # ( ) + & , '。",
            "Use letters, Chinese characters, digits and - _ . / # ( ) + & , '.",
        ),
    )


def impossible_date(year: int, month: int, day: int) -> Malformed:
    """The code is well formed but names a day that no calendar has."""
    shown = f"{year}-{month:02}-{day:02}"
    return Malformed(
        "invalid_date",
        Text(
            f"编码中的生产日期不存在：{shown}。", f"The code's production date {shown} is no day."
        ),
        Text(
            "请核对编码中的年、月、日字符(24 位编码的第 15 至 17 位)。" + _SCAN_AGAIN.zh,
            "Check the year, month and day characters (15 to 17 of 24). " + _SCAN_AGAIN.en,
        ),
    )


def explain(code: str, is_code: Callable[[str], bool]) -> Malformed:
    """The first reason why an upper-cased text without white space is no GB/T 34014 code."""
    if not code:
        return empty_name()
    stranger = next((i for i, c in enumerate(code) if not (c.isascii() and c.isalnum())), None)
    if stranger is not None:
        return _stranger(code, stranger)
    if len(code) not in _LENGTHS:
        return _wrong_length(code)
    if code[3] not in tables.PRODUCTS:
        return _wrong_product(code, is_code)
    return _wrong_place(code, is_code)


def _stranger(code: str, at: int) -> Malformed:
    shown = code[at] if code[at].isprintable() else f"U+{ord(code[at]):04X}"
    return _invalid(
        Text(
            f"第 {at + 1} 位“{shown}”不是编码可用的字符(只用 0-9 和 A-Z)。",
            f"Character {at + 1} ('{shown}') cannot occur in a code (only 0-9 and A-Z).",
        ),
        _OTHER_SCHEMES,
    )


def _wrong_length(code: str) -> Malformed:
    count = len(code)
    return _invalid(
        Text(
            f"编码有 {count} 位；应为 24 位(梯次利用产品为 19 位)。",
            f"The code has {count} characters; it should have 24 (19 for second-life products).",
        ),
        _length_hint(count),
    )


def _length_hint(count: int) -> Text:
    if count == 25:  # noqa: PLR2004 - one more than GB/T 34014
        return Text(
            "多了一位：常见于连续的 0 被多读一个，请逐位核对或重新扫描。",
            "One too many: often a run of zeros read too long. Compare one by one or scan again.",
        )
    if count == 23:  # noqa: PLR2004 - one less than GB/T 34014
        return Text(
            "少了一位：常见于连续的 0 被少读一个，请逐位核对或重新扫描。",
            "One too few: often a run of zeros read too short. Compare one by one or scan again.",
        )
    if count < max(_LENGTHS):
        return Text(
            "编码常分两行或两段印刷：请扫描两段并按顺序连接。" + _OTHER_SCHEMES.zh,
            "Codes are often printed in two lines: scan both and join them in order. "
            + _OTHER_SCHEMES.en,
        )
    return Text(
        "可能一次扫到了两个编码：请一次扫描一个。" + _OTHER_SCHEMES.zh,
        "Perhaps two codes were scanned at once: scan one at a time. " + _OTHER_SCHEMES.en,
    )


def _wrong_product(code: str, is_code: Callable[[str], bool]) -> Malformed:
    turned = {code[i:] + code[:i] for i in range(1, len(code))}
    joined = sorted(other for other in turned if is_code(other))
    zh, en = "两段可能顺序颠倒：请把另一段放在前面。", "Perhaps the two parts are in wrong order. "
    if len(joined) == 1:
        zh, en = zh + f"是否为 {joined[0]}?", en + f"Is it {joined[0]}? "
    return _invalid(
        Text(
            f"第 4 位是“{code[3]}”；应为 P(电池包)、M(模块)或 C(单体)。",
            f"Character 4 is '{code[3]}'; it should be P (pack), M (module) or C (cell).",
        ),
        Text(zh + _SCAN_AGAIN.zh, en + _SCAN_AGAIN.en),
    )


def _wrong_place(code: str, is_code: Callable[[str], bool]) -> Malformed:
    position, field = _first_wrong(code)
    likely = code[:position] + code[position:].translate(_DIGITS_FOR_LETTERS)
    way_out = _SCAN_AGAIN
    if position and (ending := _ending(code, likely)) and is_code(ending):
        way_out = Text(
            f"字母 O、I、L、Z、S、B 与数字 0、1、2、5、8 容易混淆：是否为 {ending}?",
            f"Letters such as O, I, L, S, B are easily mixed up with digits: is it {ending}?",
        )
    return _invalid(
        Text(
            f"第 {position + 1} 位“{code[position]}”不能是{field.zh}。",
            f"Character {position + 1} ('{code[position]}') cannot be the {field.en}.",
        ),
        way_out,
    )


def _ending(code: str, likely: str) -> str:
    marked = len(code) != 24  # noqa: PLR2004 - the plain length of GB/T 34014
    return likely[:-2] + code[-2:] if marked else likely


def _first_wrong(code: str) -> tuple[int, Text]:
    at = 7 if len(code) == 19 else 14  # noqa: PLR2004 - the second-life length
    allowed = [
        (4, "".join(tables.FAMILIES), Text("电池类型(A-G、Z)", "battery type (A-G or Z)")),
        (at, "".join(tables.YEARS) + "U", Text("年份", "year")),
        (at + 1, "".join(tables.MONTHS), Text("月份(1-9、A-C)", "month (1-9, A-C)")),
        (at + 2, "".join(tables.DAYS) + "UZO", Text("日", "day")),
        *((i, "0123456789", Text("序列号数字", "serial, a digit")) for i in range(at + 3, at + 10)),
        (len(code) - 2, "R0123456789", Text("梯次利用标记(R)", "second-life mark (R)")),
        (len(code) - 1, "PMC0123456789", Text("梯次利用层级(P、M、C)", "reuse level (P, M, C)")),
    ]
    wrong = (x for x in allowed if code[x[0]] not in x[1])
    position, _, field = next(wrong, (len(code) - 2, "", allowed[-2][2]))
    return position, field
