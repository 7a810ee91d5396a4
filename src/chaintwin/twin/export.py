"""Writes what a tenant may take away: its facts with both clocks, keys, changes and sources."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.access.audit import record_act
from chaintwin.kit.codes import body_code
from chaintwin.kit.problems import ConflictProblem
from chaintwin.twin.store.exporting import TABLES, stream_csv
from chaintwin.twin.twin import Twin

_README = """chaintwin 导出 / export
地区租户 tenant: {tenant}   时间 at: {at}
孪生体编码 body code: {example} … (body_number 为其序号 / body_number is its number)
facts.csv    事实:有效时间 valid_from,记录时间 known_from–known_to,来源,
             依据 basis: m 已核 r 待核 o 报送 d 推导 x 示例 j 裁定
keys.csv     识别码:统一社会信用代码、证券代码、名称等
changes.csv  变更与存证根
sources.csv  来源与许可。仅供评估的来源不导出。 Facts of evaluation-only sources are left out.
"""


def export_tenant(twin: Twin, asker: Asker, path: Path, *, with_public: bool = False) -> int:
    """Write a zip of CSV files and return its size in bytes; the act is audited.

    Raises ForbiddenProblem without the right export and ConflictProblem when the file exists.
    """
    asker.require("export")
    if path.exists():
        raise ConflictProblem(
            f"文件 {path} 已存在。请换一个文件名。", f"{path} exists. Choose another name."
        )
    tenants = [asker.tenant, *([PUBLIC_TENANT] if with_public else [])]
    partial = path.with_name(path.name + ".part")
    now = twin.clock.now()
    try:
        with (
            twin.database.transaction(asker.settings()) as connection,
            zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            archive.writestr("README.txt", _readme(twin, asker, now))
            for name in TABLES:
                with archive.open(name, "w", force_zip64=True) as file:
                    for block in stream_csv(connection, name, tenants):
                        file.write(block)
            record_act(connection, asker, now, "export", path.name, {"tenants": tenants})
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return path.stat().st_size


def _readme(twin: Twin, asker: Asker, now: datetime) -> str:
    example = body_code(twin.installation, 1)
    return _README.format(tenant=asker.tenant, at=now.isoformat(), example=example)
