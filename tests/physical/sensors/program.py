"""The intake in a process of its own, to be killed: `python program.py DATABASE_URL BROKER_URL`."""

from __future__ import annotations

import sys
import threading

from chaintwin.engine.database import Database
from chaintwin.kit.clock import SystemClock
from chaintwin.model.kinds import load_kinds
from chaintwin.physical.sensors.intake import Intake
from chaintwin.physical.sensors.settings import IntakeSettings
from chaintwin.physical.sensors.taking import SOURCE
from chaintwin.twin.twin import Twin

twin = Twin(Database(sys.argv[1], most=2), load_kinds(), SystemClock())
twin.declare(SOURCE)
Intake(twin, IntakeSettings(url=sys.argv[2], client="killed")).start()
print("ready", flush=True)
threading.Event().wait()
