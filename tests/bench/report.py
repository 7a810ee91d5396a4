"""What the benchmark says: a table to read and a file for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with its unit and what it was measured on."""

    name: str
    value: float | str | None
    unit: str = ""
    note: str = ""


@dataclass(slots=True)
class Report:
    """Gathers figures by section."""

    about: dict[str, Any] = field(default_factory=dict)
    sections: dict[str, list[Line]] = field(default_factory=dict)

    def add(
        self, section: str, name: str, value: float | str | None, unit: str = "", note: str = ""
    ) -> None:
        """Add a figure; None says that it could not be measured here."""
        self.sections.setdefault(section, []).append(Line(name, value, unit, note))

    def write(self, path: Path) -> None:
        """Write every figure as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        figures = {
            section: [
                {"name": line.name, "value": line.value, "unit": line.unit, "note": line.note}
                for line in lines
            ]
            for section, lines in self.sections.items()
        }
        given = {"about": self.about, "figures": figures}
        path.write_text(json.dumps(given, ensure_ascii=False, indent=1) + "\n", "utf-8")

    def text(self) -> str:
        """Return the table to print."""
        lines = [f"{name}: {value}" for name, value in self.about.items()]
        for section, figures in self.sections.items():
            lines += ["", f"── {section} " + "─" * max(0, 70 - len(section))]
            lines += [_row(line) for line in figures]
        return "\n".join(lines)


def _row(line: Line) -> str:
    value = "not measured" if line.value is None else line.value
    shown = f"{value:,}" if isinstance(value, int | float) else value
    return f"{line.name:<44}{shown:>14} {line.unit:<8}{line.note}"
