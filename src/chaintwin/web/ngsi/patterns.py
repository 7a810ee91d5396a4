"""Regular expressions of callers, on an engine whose time grows with the text alone (RE2)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from chaintwin.web.ngsi.errors import bad

Pattern = Any
_LONGEST = 1_000


@lru_cache(maxsize=500)
def read_pattern(text: str) -> Pattern:
    """Return a pattern; raise BadRequest for what is none, or cannot be run safely."""
    options = re2.Options()
    options.log_errors = False
    try:
        if len(text) > _LONGEST:
            raise re2.error("too long")
        return re2.compile(text, options)
    except re2.error:
        raise bad(
            f"“{text[:60]}” is no regular expression (RE2 syntax).",
            f"“{text[:60]}”不是有效的正则表达式(RE2 语法)。",
        ) from None
