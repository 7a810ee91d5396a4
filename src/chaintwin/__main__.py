"""Lets `python -m chaintwin` be the command `chaintwin`."""

from chaintwin.cli import app

app()
