"""Why a file is not read, in words of who has to do something about it."""

from dianchi.domain.refusals import Fault, Refused, Text


def refused_file(
    code: str, what: tuple[str, str], way_out: tuple[str, str], value: object = None
) -> Refused:
    """A refusal of a whole file."""
    return Refused(Fault(code, "/file", value, Text(*what), Text(*way_out)))


def unknown_format(name: str) -> Refused:
    """It is none of the formats that are read."""
    return refused_file(
        "unknown_format",
        ("文件不是可识别的表格", "the file is no table of a known format"),
        (
            "请存为 .xlsx、.xls、.ods、.csv 或每行一份 JSON 的 .ndjson",
            "save it as .xlsx, .xls, .ods, .csv, or .ndjson with one JSON report per line",
        ),
        name,
    )


def encrypted() -> Refused:
    """It opens with a password only."""
    return refused_file(
        "file_encrypted",
        ("文件有密码保护", "the file is protected by a password"),
        (
            "请在 Excel 中取消打开密码后另存再传",
            "remove the password (File, Info, Protect) and save it again",
        ),
    )


def with_macros() -> Refused:
    """It carries programs."""
    return refused_file(
        "file_has_macros",
        ("文件带有宏", "the file carries macros"),
        ("请另存为不带宏的 .xlsx 再传", "save it as .xlsx without macros"),
    )


def suspicious(what: tuple[str, str], value: object = None) -> Refused:
    """Unpacked it would be far larger than an honest table."""
    return refused_file(
        "file_suspicious",
        what,
        (
            "请新建工作簿，只粘贴数据再传；行数很多时请拆成几个文件",
            "paste the data into a new workbook; split it where it has very many rows",
        ),
        value,
    )


def damaged(detail: str) -> Refused:
    """It says what it is and then is not."""
    return refused_file(
        "file_damaged",
        (f"文件已损坏：{detail}", f"the file is damaged: {detail}"),
        ("请在原软件中打开、另存再传", "open it in its own program and save it again"),
    )


def too_many_rows(most: int) -> Refused:
    """More rows than one file may have."""
    return refused_file(
        "too_many_rows",
        (f"超过 {most} 行", f"has more than {most} rows"),
        ("请拆成几个文件分别上传", "split it into several files"),
    )


def no_table() -> Refused:
    """No row looks like a header."""
    return refused_file(
        "no_header",
        ("没有找到表头", "no header row was found"),
        (
            "请在前 30 行内放一行列名；可下载模板",
            "put a row of column names among the first 30; or use a template",
        ),
    )
