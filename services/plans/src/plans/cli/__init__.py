"""`bihuan`: the command line of the platform. `bihuan plans …` works on documents and plans."""

import typer

from plans.cli.imports import import_files

app = typer.Typer(no_args_is_help=True, add_completion=False, help="闭环:专项整治平台命令行")
plans = typer.Typer(no_args_is_help=True, help="方案")
app.add_typer(plans, name="plans")
plans.command("import")(import_files)


@app.callback()
def _root() -> None:
    """闭环:专项整治平台命令行"""


def main() -> None:
    """Run the command line."""
    app()
