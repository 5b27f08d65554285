"""`bihuan`: the command line of the platform. `bihuan plans …` works on documents and plans.

Other services bring their own commands by entry points of the group `bihuan.commands`: services never import each other.
"""

from importlib.metadata import entry_points

import typer

from plans.cli import review
from plans.cli.imports import import_files

app = typer.Typer(no_args_is_help=True, add_completion=False, help="闭环:专项整治平台命令行")
plans = typer.Typer(no_args_is_help=True, help="方案")
app.add_typer(plans, name="plans")
plans.command("import")(import_files)
for command in (review.draft, review.check, review.review, review.decide, review.correct, review.resolve, review.diff):
    plans.command()(command)
plans.command()(review.issue)
plans.command()(review.close)


@app.callback()
def _root() -> None:
    """闭环:专项整治平台命令行"""


def main() -> None:
    """Run the command line."""
    for command in sorted(entry_points(group="bihuan.commands")):
        app.add_typer(command.load(), name=command.name)
    app()
