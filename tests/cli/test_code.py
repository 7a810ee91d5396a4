"""`chaintwin code check` tells right codes from wrong ones, also from a pipe."""

from __future__ import annotations

import os
import subprocess
import sys


def check(*codes: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chaintwin", "code", "check", *codes],
        input=given, capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip


def test_right_codes_end_well() -> None:
    done = check("91350100M000100Y43", "110108000000016")

    assert done.returncode == 0
    assert [line[0] for line in done.stdout.splitlines()] == ["✓", "✓"]


def test_a_wrong_code_among_lines_is_named_and_fails() -> None:
    done = check("-", given="91350100M000100Y43\n\n91350100M000100Y44\n")

    assert done.returncode == 1
    assert "✗\t91350100M000100Y44\t统一社会信用代码\t校验位不符" in done.stdout
    assert "2 个代码,1 个有误" in done.stderr
