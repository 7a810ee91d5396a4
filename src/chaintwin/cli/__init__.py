"""The command `chaintwin`.

Every module of this folder that has a function, or a group of them, of the module's own name is a
command: to add one, add a file. Heavy imports belong inside that function, so that other commands
start at once.
"""

from __future__ import annotations

import importlib
import pkgutil

import typer

from chaintwin.cli.speech import Door

app = Door(
    name="chaintwin",
    help="链孪：产业链与招商档案的数字孪生。 / A twin of an industrial chain and its archives.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for _found in pkgutil.iter_modules(__path__):
    _module = importlib.import_module(f"{__name__}.{_found.name}")
    _command = getattr(_module, _found.name, None)
    if isinstance(_command, typer.Typer):
        app.add_typer(_command, name=_found.name)
    elif callable(_command):
        app.command(_found.name)(_command)


@app.callback()
def _root() -> None:
    """Hold the commands together, also when there is only one."""
