"""`python -m rehearsal`: check a scenario, rehearse it, or show it on the live board and keep serving."""

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console

from local_stack.paths import WORK
from local_stack.processes import ProcessFailed
from rehearsal.board import Board, verdict
from rehearsal.board_state import BoardState
from rehearsal.document import ScenarioError
from rehearsal.loading import Loaded, load
from rehearsal.local import LocalSystem, local_system
from rehearsal.result import one_line, write_result
from rehearsal.run import rehearse as run_scenario
from rehearsal.scenario import Scenario
from rehearsal.settings import RehearsalSettings
from rehearsal.system import RunError


class Kafka(StrEnum):
    """Which broker the local stack runs."""

    EMBEDDED = "embedded"
    APACHE = "apache"


ScenarioPath = Annotated[Path, typer.Argument(metavar="SCENARIO", help="scenario file (YAML)")]
Out = Annotated[Path, typer.Option(help="folder for result.json")]
Broker = Annotated[Kafka, typer.Option(envvar="KAFKA", help="embedded broker, or Apache Kafka (Java 17 and Maven)")]
Keep = Annotated[bool, typer.Option(help="keep the stack's data and logs")]

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
to_people = Console(stderr=True)


@app.command()
def check(scenario: ScenarioPath) -> None:
    """Say everything that is wrong with a scenario file."""
    loaded = _load(scenario)
    count = len(loaded.scenario.actions)
    to_people.print(f"可以运行：{loaded.scenario.name}，{len(loaded.scenario.units)} 个单位，{count} 个动作 / can be run")


@app.command()
def rehearse(scenario: ScenarioPath, out: Out = Path("out"), kafka: Broker = Kafka.EMBEDDED, keep: Keep = False) -> None:
    """Run a scenario, write OUT/result.json and print the same object as the last line."""
    loaded = _load(scenario)
    settings = RehearsalSettings()

    async def run() -> None:
        async with local_system(loaded.scenario, kafka.value, _work_dir(), keep=keep) as system:
            result = await run_scenario(loaded.scenario, system, system.now, settings=settings)
            await asyncio.to_thread(write_result, result, out)
        sys.stdout.write(one_line(result) + "\n")

    _guarded(run())


@app.command()
def run(
    scenario: ScenarioPath,
    out: Out = Path("out"),
    kafka: Broker = Kafka.EMBEDDED,
    once: Annotated[bool, typer.Option(help="stop after the verdict")] = False,
) -> None:
    """Show a scenario on the live board, then the verdict, then go on serving until Ctrl-C."""
    loaded = _load(scenario)
    console = Console()
    console.print("正在启动本机环境 … / starting the local stack …")

    async def show() -> None:
        async with local_system(loaded.scenario, kafka.value, _work_dir(), keep=False) as system:
            state = BoardState(loaded.scenario, loaded.scenario.start)
            settings = RehearsalSettings()
            async with Board(state, console, settings.show_seconds) as board:
                result = await run_scenario(
                    loaded.scenario, system, system.now, settings=settings, watcher=board, listener=state.apply
                )
            path = await asyncio.to_thread(write_result, result, out)
            console.print(verdict(result, {unit.code: unit.name for unit in loaded.scenario.units}))
            console.print(f"结果 / result: {path}")
            if not once:
                await _serve(system, loaded.scenario, console)

    _guarded(show())


async def _serve(system: LocalSystem, scenario: Scenario, console: Console) -> None:
    """Let the clock go on in real time and wait until somebody ends it."""
    system.clock.run(scenario.end, 1.0)
    console.print("系统继续运行，Ctrl-C 结束 / still serving, Ctrl-C to stop")
    for name, url in sorted(system.urls.items()):
        console.print(f"  {name:<10} {url}", highlight=False)
    for unit, role in [(None, "admin"), *((root.code, "office") for root in scenario.roots())]:
        token = system.token(f"demo-{role}", unit, [role])
        console.print(f"  令牌 / token · {unit or '平台'} · {role}\n{token}", highlight=False, soft_wrap=True)
    await asyncio.Event().wait()


def _load(path: Path) -> Loaded:
    try:
        loaded = load(path)
    except ScenarioError as error:
        for problem in error.problems:
            to_people.print(str(problem), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(2) from None
    for warning in loaded.warnings:
        to_people.print(f"注意 / warning: {warning}", highlight=False, markup=False, soft_wrap=True)
    return loaded


def _work_dir() -> Path:
    """A folder of its own for each run, so that several can go on at once."""
    return WORK / f"rehearsal-{os.getpid()}"


def _guarded(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except (RunError, ProcessFailed, RuntimeError) as error:
        to_people.print(f"演练未完成 / the run was not completed: {error}", highlight=False, markup=False, soft_wrap=True)
        to_people.print(f"日志 / logs: {_work_dir() / 'logs'}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


def main() -> None:
    """Entry point. Standard output belongs to the result, so logs go to standard error."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    # An outage of the broker is part of many scenarios; what it means for the run is said by the run.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    app()


if __name__ == "__main__":
    main()
