"""`chaintwin openapi`: print the description of the open API."""

from __future__ import annotations

import json
import sys


def openapi() -> None:
    """打印开放接口说明(OpenAPI)。 / Print the OpenAPI document."""
    from chaintwin.web.app import make_app  # noqa: PLC0415

    json.dump(make_app(None).openapi(), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write("\n")
