"""`/docs/problems`: what every problem code means; the `type` of a problem points here."""

from html import escape
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from dianchi.api.problems import PROBLEMS

router = APIRouter(include_in_schema=False)
_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PAGE: Final = """<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>拒绝代码 Problems · 滇池 dianchi</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; max-width: 46rem; padding: 1rem;
  font: 1rem/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }}
h1 {{ color: #0f766e; }}
dt {{ margin-top: 1rem; font-weight: 600; }}
dt code {{ font-variant-numeric: tabular-nums slashed-zero; }}
dt:target {{ outline: 3px solid #b45309; outline-offset: 4px; }}
dd {{ margin: 0; }}
</style>
</head>
<body>
<h1>拒绝代码 Problems</h1>
<p>每个拒绝都写明字段、取值和下一步。Each refusal names member, value and way out.</p>
<dl>{rows}</dl>
</body>
</html>
"""
_ROW: Final = '<dt id="{code}"><code>{code}</code> · {status}</dt><dd>{zh} · {en}</dd>\n'


@router.get("/docs/problems")
async def get_problems() -> HTMLResponse:
    """The table of problem codes."""
    rows = "".join(
        _ROW.format(
            code=code, status=kind.status, zh=escape(kind.title.zh), en=escape(kind.title.en)
        )
        for code, kind in PROBLEMS.items()
    )
    return HTMLResponse(_PAGE.format(rows=rows), headers={"content-security-policy": _CSP})
