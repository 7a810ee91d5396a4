"""What a benchmark measures with: memory of processes, percentiles, and what machine this is."""

from __future__ import annotations

import os
import platform
import re
import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

_EVERY_S = 0.25
_PROCESSES = Path("/proc")


@dataclass(slots=True)
class Peaks:
    """The most memory seen, in bytes, and processor seconds; 0: not readable (only Linux tells)."""

    loader: int = 0
    database: int = 0
    largest_backend: int = 0
    loader_s: float = 0.0
    database_s: float = 0.0


class MemoryWatch:
    """Looks four times a second at a process and at the database server of a data folder.

    Of the loader the kernel's own peak counts (VmHWM). Database processes share memory, so their
    proportional shares (PSS) are added up; `largest_backend` is one process's own peak.
    """

    def __init__(self, pid: int, data: Path) -> None:
        self.peaks = Peaks()
        self._pid = pid
        self._data = str(data.resolve())
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        if _PROCESSES.is_dir():
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY_S):
            peaks = self.peaks
            peaks.loader = max(peaks.loader, _kibibytes(self._pid, "status", "VmHWM"))
            servers = [pid for pid in _pids() if _works_in(pid, self._data)]
            shares = (_kibibytes(pid, "smaps_rollup", "Pss") for pid in servers)
            peaks.database = max(peaks.database, sum(shares))
            largest = max((_kibibytes(pid, "status", "VmHWM") for pid in servers), default=0)
            peaks.largest_backend = max(peaks.largest_backend, largest)
            peaks.loader_s = max(peaks.loader_s, processor_s([self._pid]))
            peaks.database_s = max(peaks.database_s, processor_s(servers))


def _pids() -> list[int]:
    return [int(path.name) for path in _PROCESSES.iterdir() if path.name.isdigit()]


def _works_in(pid: int, folder: str) -> bool:
    """Tell whether a process works inside a folder, as PostgreSQL does in its data."""
    try:
        return os.readlink(_PROCESSES / str(pid) / "cwd").startswith(folder)
    except OSError:
        return False


def processor_s(pids: Sequence[int]) -> float:
    """Return the processor time of processes and of children they have waited for."""
    ticks = 0
    for pid in pids:
        try:
            text = (_PROCESSES / str(pid) / "stat").read_text()
        except OSError:
            continue
        ticks += sum(map(int, text.rsplit(")", 1)[1].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _kibibytes(pid: int, file: str, field_name: str) -> int:
    try:
        text = (_PROCESSES / str(pid) / file).read_text()
    except OSError:
        return 0
    found = re.search(rf"^{field_name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


@dataclass(slots=True)
class Times:
    """Seconds that repeated work took."""

    seconds: list[float] = field(default_factory=list)

    @property
    def p50_ms(self) -> float:
        return round(statistics.median(self.seconds) * 1000, 1)

    @property
    def p95_ms(self) -> float:
        """The time that 95 % of the runs did not exceed (nearest rank)."""
        return round(nearest_rank(self.seconds, 0.95) * 1000, 1)


def nearest_rank(values: Sequence[float], share: float) -> float:
    """Return the smallest value that a share of the values does not exceed."""
    rank = max(1, -(-len(values) * round(share * 100) // 100))
    return sorted(values)[rank - 1]


def describe_machine() -> dict[str, object]:
    """Tell cores, memory, processor model, system and how busy the machine is now."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(_memory_bytes() / 1e9, 1),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "load_average_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _memory_bytes() -> int:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return 0
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _processor() -> str:
    listed = _PROCESSES / "cpuinfo"
    text = listed.read_text() if listed.is_file() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or "unknown"
