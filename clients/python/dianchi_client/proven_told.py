"""How what was proven is told to a person or a program."""

import json
from collections import Counter

import typer

from dianchi_client.verify import Verified
from dianchi_client.verify_bundle import VerifiedBundle
from dianchi_client.verify_upload import VerifiedUpload

_SHOWN = {
    "event_id": "事件",
    "type": "类型",
    "reported_as": "电池",
    "organisation": "上报单位",
    "role": "角色",
    "occurred_at": "发生时间",
    "recorded_at": "保存时间",
    "version": "第几条",
}


def tell(proven: Verified, leaf: bytes, by: str | None, *, as_json: bool) -> None:
    """An event that is in the log."""
    told = json.loads(leaf)
    checkpoint = proven.accepted.checkpoint
    members = {
        "verified": True,
        "origin": checkpoint.origin,
        "log_index": proven.index,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "witnesses": dict(proven.accepted.witnesses),
        "signed_by": by,
        **{name: told.get(name) for name in _SHOWN},
    }
    if as_json:
        typer.echo(json.dumps(members, ensure_ascii=False))
        return
    typer.secho("属实 · verified", fg="green", bold=True)
    for name, zh in _SHOWN.items():
        typer.echo(f"  {zh} {name}: {told.get(name)}")
    typer.echo(f"  日志 log: {checkpoint.origin}, {proven.index} / {checkpoint.size}")
    names = ", ".join(proven.accepted.witnesses) or "无 none"
    typer.echo(f"  见证方 witnesses: {names}")
    unchecked = "未核对 not checked (--signer)" if "signature" in told else "无 none"
    typer.echo(f"  上报单位签名 signed by: {by or unchecked}")


def tell_upload(proven: VerifiedUpload, *, is_of_file: bool, as_json: bool) -> None:
    """The receipt of a file."""
    told = proven.told
    at = proven.proven.accepted.checkpoint if proven.proven is not None else None
    members = {
        "verified": True,
        "file_checked": is_of_file,
        "number": told["number"],
        "sha256": told["sha256"],
        "events": told["events"],
        "last_index": told["last_index"],
        "origin": at.origin if at else None,
        "size": at.size if at else None,
    }
    if as_json:
        typer.echo(json.dumps(members, ensure_ascii=False))
        return
    typer.secho("属实 · verified", fg="green", bold=True)
    typer.echo(f"  回执 receipt: {told['number']}")
    checked = "相符 is the one" if is_of_file else "未核对 not checked (--file)"
    typer.echo(f"  文件 file: {checked}")
    if at is None:
        typer.echo("  没有写入日志的事件 · it made no events that are in the log")
        return
    typer.echo(f"  最后一条 last event: {told['last_index']} / {at.size}, {at.origin}")
    typer.echo("  行数与结果由服务所述 · counts are the service's word")


def tell_bundle(proven: VerifiedBundle, *, as_json: bool) -> None:
    """The whole history of a battery."""
    manifest, checkpoint = proven.manifest, proven.accepted.checkpoint
    members = {
        "verified": True,
        "battery": manifest.battery,
        "names": manifest.names,
        "events": len(manifest.events),
        "occurred": proven.occurred,
        "recorded": proven.recorded,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "witnesses": dict(proven.accepted.witnesses),
        "elsewhere": proven.elsewhere,
        "signed": dict(proven.signed),
        "unchecked": proven.unchecked,
    }
    if as_json:
        typer.echo(json.dumps(members, ensure_ascii=False))
        return
    typer.secho("属实 · verified", fg="green", bold=True)
    typer.echo(f"  电池 battery: {manifest.battery}")
    typer.echo(f"  名称 names: {', '.join(manifest.names)}")
    typer.echo(
        f"  事件 events: {len(manifest.events)}, 每个名称从第 1 条起不缺 none missing between"
    )
    typer.echo(f"  发生 occurred: {' – '.join(proven.occurred)}")
    typer.echo(f"  保存 recorded: {' – '.join(proven.recorded)}")
    typer.echo(f"  日志 log: {checkpoint.origin}, {checkpoint.size}")
    typer.echo(f"  见证方 witnesses: {', '.join(proven.accepted.witnesses) or '无 none'}")
    typer.echo(f"  上报单位签名 signed: {len(proven.signed)} / {len(manifest.events)}")
    for kid, count in sorted(Counter(proven.signed.values()).items()):
        typer.echo(f"    {kid}: {count}")
    if proven.unchecked:
        typer.secho(
            f"  未核对的签名 not checked: {len(proven.unchecked)}"
            " (上报原文涉及他方，未附 the reports name others' batteries)",
            fg="yellow",
        )
    if proven.elsewhere:
        names = ", ".join(proven.elsewhere)
        typer.secho(f"  另有名称不在包内 named, but not in here: {names}", fg="yellow")
    typer.echo("  未证明此后没有更多记录 · not proven: that nothing was recorded after these")
