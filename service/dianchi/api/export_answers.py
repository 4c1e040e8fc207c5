"""Exports as they are answered, with the problem of one that failed."""

from typing import Any, Final

from dianchi.api.bodies.exports import ExportBody
from dianchi.domain.exports import PAPER_ROWS, TITLES
from dianchi.domain.refusals import Text
from dianchi.exports.export import DONE, FAILED, TOO_MANY_ROWS, Export

_AS_THEY_ARE: Final = (
    "list",
    "form",
    "state",
    "rows",
    "size",
    "log_index",
    "asked_at",
    "ended_at",
    "expires_at",
)
_TOO_LONG: Final = (
    Text(
        f"清单超过 {PAPER_ROWS:,} 行，PDF 放不下",
        f"the list has more than {PAPER_ROWS:,} rows, more than a PDF takes",
    ),
    Text("请缩小筛选条件，或导出为 xlsx 或 csv", "narrow the query, or take it as xlsx or csv"),
)
_BROKEN: Final = (
    Text("文件没有生成", "the file was not written"),
    Text(
        "请重新导出；仍不成功，请把导出编号告诉管理员",
        "ask for it again; if it fails again, tell the administrator its id",
    ),
)


def export_body(export: Export) -> ExportBody:
    """An export as it is answered."""
    done = export.state == DONE
    return ExportBody.model_validate(
        {
            "id": str(export.id),
            "title": TITLES[export.list]._asdict(),
            "query": export.query,
            "problem": _problem(export),
            "filters": dict(export.filters),
            "rows_sha256": export.rows_sha256.hex() if export.rows_sha256 else None,
            "sha256": export.sha256.hex() if export.sha256 else None,
            "file": f"/v1/exports/{export.id}/file" if done else None,
            "file_name": export.file_name,
            **{name: getattr(export, name) for name in _AS_THEY_ARE},
        }
    )


def _problem(export: Export) -> dict[str, Any] | None:
    if export.state != FAILED:
        return None
    what, way_out = _TOO_LONG if export.problem == TOO_MANY_ROWS else _BROKEN
    return {"code": export.problem, "what": what._asdict(), "way_out": way_out._asdict()}
