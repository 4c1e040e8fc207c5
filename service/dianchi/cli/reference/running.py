"""The pages about running the service: settings and commands."""

import ast
import inspect
from collections.abc import Iterator
from typing import Any

import typer

from dianchi import settings
from dianchi.api.connections import Patience
from dianchi.cli.reference.tables import table


def settings_page() -> Iterator[str]:
    """Every setting with its default."""
    yield (
        "环境变量。命令行选项优先于环境变量。\n"
        "Environment variables; an option of a command wins over them.\n"
    )
    told = _told_settings()
    rows = [
        (f"`DIANCHI_{name.upper()}`", _default(name), told.get(name, ""))
        for name in settings.Settings.model_fields
    ]
    programs = "Folder of `initdb` and `postgres`, 15 or newer; by default those of the wheel."
    yield table(("variable", "default", "meaning"), [*rows, ("`DIANCHI_PG_BIN`", "", programs)])
    yield (
        "With the embedded database the secrets are made at the first start and kept in\n"
        "`secrets.json`, `personal-key.json`, `log-key.json` and `token-key.json` of the data\n"
        "folder (0600). With `DIANCHI_DATABASE_URL` they must be set; without\n"
        "`DIANCHI_TOKEN_KEY` there are no access tokens.\n"
    )
    yield from _patience()


def _patience() -> Iterator[str]:
    """How long the service waits for whoever is connected; not settings, but worth knowing."""
    most = settings.Settings.model_fields["most_connections"].default
    patience = Patience(most)
    yield "## 连接 · Connections\n"
    yield table(
        ("waits for", "at most"),
        [
            ("the head of a request", f"{patience.head_s:g} s, {patience.head_bytes // 1024} KiB"),
            (
                "its body",
                f"{patience.body_s:g} s, and 1 s for each {patience.body_per_s} bytes of it",
            ),
            ("a reader that does not read", f"{patience.reading_s:g} s"),
            ("the next request of a connection", "5 s"),
        ],
    )
    yield (
        "A body that is too slow is answered `408 body_too_slow`.\n"
        "The service asks the system for as many open files as it needs (`ulimit -n`); where the\n"
        "hard limit is lower, it holds fewer connections and says so at the start. Look-ups of\n"
        "batteries and slips by the public: 120 at once from one address, one more each second;\n"
        "of IPv6 the /64 counts as one address.\n"
    )


def _default(name: str) -> str:
    if name == "data_dir":
        return "`~/.local/share/dianchi`; `make` sets `./data`"
    if name in (*settings.SECRETS, "personal_key", "log_key", "token_key"):
        return "made at the first start"
    default = settings.Settings.model_fields[name].default
    return f"`{default}`" if default not in ("", None) else ""


def _told_settings() -> dict[str, str]:
    """The sentences that stand below the fields of the class, by field."""
    declared = ast.parse(inspect.getsource(settings.Settings)).body[0]
    assert isinstance(declared, ast.ClassDef)  # noqa: S101 - it is the source of a class
    told: dict[str, str] = {}
    name = ""
    for statement in declared.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            told[name] = str(statement.value.value)
            name = ""
        else:
            name = ""
    return told


def commands_page() -> Iterator[str]:
    """Every command with its options."""
    from dianchi.cli.commands import app

    yield "每个命令都有 `--help`。Every command has `--help`.\n"
    group: Any = typer.main.get_command(app)
    yield from _commands_of("dianchi", group)


def _commands_of(path: str, group: Any) -> Iterator[str]:  # noqa: ANN401 - click's own classes
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands_of(f"{path} {name}", command)
        elif not command.hidden:
            yield from _command(f"{path} {name}", command)


def _command(path: str, command: Any) -> Iterator[str]:  # noqa: ANN401 - click's own class
    yield f"## {path}\n\n{inspect.cleandoc(command.help or '')}\n"
    rows = [
        (
            f"`{' '.join(p.opts)}`" if p.param_type_name == "option" else f"`{p.name.upper()}`",
            "yes" if p.required else "",
            getattr(p, "help", None) or "",
        )
        for p in command.params
        if not getattr(p, "hidden", False) and p.name != "help"
    ]
    if rows:
        yield table(("option", "required", "meaning"), rows)
