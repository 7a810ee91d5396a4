"""Holds the one intake of a serving program, and renews it when its settings change."""

from __future__ import annotations

import logging
import threading

from chaintwin.kit.places import Places
from chaintwin.kit.problems import Problem
from chaintwin.physical.sensors.intake import Intake, IntakeHealth
from chaintwin.physical.sensors.settings import IntakeSettings, keep_settings, read_settings
from chaintwin.twin.twin import Twin

_LOG = logging.getLogger("chaintwin.sensors")


class IntakeKeeper:
    """Starts and stops the intake; what is wrong with its settings shows in health."""

    def __init__(self, twin: Twin, places: Places) -> None:
        self._twin = twin
        self._places = places
        self._lock = threading.Lock()
        self._intake: Intake | None = None
        self._trouble: Problem | None = None

    @property
    def health(self) -> IntakeHealth:
        """Return how the intake is; off where none is configured."""
        if self._trouble is not None:
            return IntakeHealth(error_zh=self._trouble.zh, error_en=self._trouble.en)
        return self._intake.health if self._intake is not None else IntakeHealth()

    def start(self) -> None:
        """Begin with the settings of environment and file."""
        with self._lock:
            self._start()

    def stop(self) -> None:
        """End the intake."""
        with self._lock:
            self._stop()

    def renew(self, settings: IntakeSettings) -> None:
        """Keep new settings and go on with them; raises what `keep_settings` raises."""
        with self._lock:
            keep_settings(self._places, settings)
            self._stop()
            self._start()

    def _start(self) -> None:
        self._trouble = None
        try:
            self._intake = Intake(self._twin, read_settings(self._places))
        except Problem as problem:
            _LOG.warning("%s", problem.en)
            self._trouble = problem
            return
        self._intake.start()

    def _stop(self) -> None:
        if self._intake is not None:
            self._intake.stop()
            self._intake = None
