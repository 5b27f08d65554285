"""`python -m local_stack up | down | status | token`: the stack on this machine, in the background."""

from pathlib import Path
from typing import Annotated

import typer

from local_stack import background
from local_stack.background import FOLDER, TOKENS, State
from local_stack.issuer import DevelopmentIssuer
from local_stack.names import SERVICES, BrokerKind
from local_stack.processes import ProcessFailed
from local_stack.workfolder import WorkFolder

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="本机运行整个平台 · the whole platform on this machine",
    no_args_is_help=True,
)

Kafka = Annotated[
    BrokerKind,
    typer.Option(envvar="KAFKA", help="embedded：内置，不落盘 · in memory；apache：需要 Java 17 · needs Java 17"),
]
Folder = Annotated[Path, typer.Option(help="工作目录 · work folder", show_default=False)]
Services = Annotated[
    list[str] | None,
    typer.Option(help="只启动这些服务，可重复；默认全部 · only these services, may be repeated; all by default"),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="不输出 · say nothing")]


@app.command()
def up(kafka: Kafka = "embedded", service: Services = None, folder: Folder = FOLDER) -> None:
    """启动并在后台保持运行 · start and keep running in the background."""
    if state := background.running(folder):
        typer.echo("平台已在运行 · the platform is already running\n")
        _show(state)
        return
    typer.echo("正在启动…… · starting …")
    try:
        state = background.start(kafka, service or SERVICES, folder)
    except ProcessFailed as failure:
        typer.echo(f"启动失败 · it did not start\n{failure}", err=True)
        raise typer.Exit(1) from None
    _show(state)


@app.command()
def down(*, quiet: Quiet = False, folder: Folder = FOLDER) -> None:
    """停止 `up` 启动的平台 · stop what `up` started."""
    try:
        stopped = background.stop(folder)
    except ProcessFailed as failure:
        typer.echo(f"未能停止 · it did not stop\n{failure}", err=True)
        raise typer.Exit(1) from None
    if not quiet:
        typer.echo("已停止 · stopped" if stopped else "没有在运行的平台 · nothing is running")


@app.command()
def status(folder: Folder = FOLDER) -> None:
    """显示运行状态；未运行时退出码为 3 · show what is running; exit code 3 when nothing is."""
    state = background.running(folder)
    if state is None:
        typer.echo("没有在运行的平台 · nothing is running")
        raise typer.Exit(3)
    _show(state)


@app.command()
def token(
    role: Annotated[list[str], typer.Option(help="角色，可重复 · role, may be repeated")],
    unit: Annotated[str | None, typer.Option(help="单位代码 · code of the unit acted for")] = None,
    subject: Annotated[str, typer.Option(help="使用者 · who")] = "local",
    folder: Folder = FOLDER,
) -> None:
    """为任一单位签发令牌 · sign a token for any unit."""
    typer.echo(DevelopmentIssuer(WorkFolder(folder).issuer).token(subject, unit, role))


def _show(state: State) -> None:
    typer.echo("服务 · services")
    for name, url in state.urls.items():
        typer.echo(f"  {name:<10} {url}")
    typer.echo(f"  {'kafka':<10} {state.kafka_servers} ({state.kafka})")
    if lost := state.ended():
        typer.echo(f"\n已意外退出 · ended unexpectedly: {', '.join(lost)}")
    typer.echo("\n令牌（一天有效，仅限本机） · tokens (for a day, on this machine only)")
    for role, issued in state.tokens.items():
        unit = TOKENS.get(role) or "—"
        typer.echo(f"  {role} · 单位 unit {unit}\n    {issued}")
    typer.echo("\n停止：make down · stop with: make down")


if __name__ == "__main__":
    app()
