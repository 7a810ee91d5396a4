"""What one may subscribe to is told with titles, also where a place gave them in one language."""

from __future__ import annotations

import pytest

from chaintwin.web.subscriptions import _titled


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ({"zh": "仓库", "en": "Warehouse"}, {"zh": "仓库", "en": "Warehouse"}),
        ({"zh": "仓库", "en": None}, {"zh": "仓库", "en": "仓库"}),
        ({}, {"zh": "x", "en": "x"}),
    ],
)
def test_a_title_that_lacks_a_language_is_told_in_the_other(
    title: dict[str, str], told: dict[str, str]
) -> None:
    assert _titled("x", title) == told
