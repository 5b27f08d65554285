"""`bihuan hazards …`: what operators of the service do beside its database. Settings come from the environment."""

import typer

from hazards.cli.verifying import verify

# A traceback with local variables would show secrets.
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="隐患")
app.command()(verify)


@app.callback()
def _root() -> None:
    """隐患"""
