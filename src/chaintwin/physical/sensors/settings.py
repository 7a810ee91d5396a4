"""Where the readings of devices come from: the environment, else a file of the data folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

from chaintwin.kit.places import Places
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.model.content import read_yaml
from chaintwin.physical.sensors.core import DEFAULT_TOPIC, Topic

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_VARIABLES = {
    "url": "CHAINTWIN_MQTT_URL", "topic": "CHAINTWIN_MQTT_TOPIC", "client": "CHAINTWIN_MQTT_CLIENT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """The broker (empty: no intake), the pattern of topics, the name of the lasting session."""

    url: str = ""
    topic: str = DEFAULT_TOPIC
    client: str = ""

    @property
    def broker(self) -> Broker:
        """Return the broker's address; raise InputProblem for what is none."""
        return _read_broker(self.url)


@dataclass(frozen=True, slots=True)
class Broker:
    """Host, port, whether TLS, and who logs in."""

    host: str
    port: int
    is_encrypted: bool
    user: str | None
    password: str | None

    @property
    def shown(self) -> str:
        """Return the address without the password."""
        return f"{'mqtts' if self.is_encrypted else 'mqtt'}://{self.host}:{self.port}"


def settings_file(places: Places) -> Path:
    """Return the file that the page writes and an administrator may edit."""
    return places.root / "sensors.yml"


def read_settings(places: Places, environ: Mapping[str, str] = os.environ) -> IntakeSettings:
    """Return the settings; raise InputProblem where a broker or topic is impossible."""
    path = settings_file(places)
    held = read_yaml(path) if path.is_file() else {}
    if not isinstance(held, dict):
        raise InputProblem(f"{path.name} 应为键值表。", f"{path.name} has to be a mapping.")
    found = {name: str(held[name]) for name in _VARIABLES if held.get(name)}
    found |= {name: environ[key] for name, key in _VARIABLES.items() if environ.get(key)}
    return check_settings(replace(IntakeSettings(), **found))


def is_set_outside(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the environment names the broker, before which the file gives way."""
    return bool(environ.get(_VARIABLES["url"]))


def check_settings(settings: IntakeSettings) -> IntakeSettings:
    """Return the settings; raise InputProblem where a broker or topic is impossible."""
    Topic(settings.topic)
    if settings.url:
        _read_broker(settings.url)
    return settings


def keep_settings(places: Places, settings: IntakeSettings) -> None:
    """Write the file, closed to other users; raise ConflictProblem when the environment rules."""
    if is_set_outside():
        raise ConflictProblem(
            f"服务器的环境变量 {_VARIABLES['url']} 已指定消息服务器,页面上不能修改。",
            f"The server's environment variable {_VARIABLES['url']} names the broker; "
            "it cannot be changed here.",
        )
    path = settings_file(places)
    text = yaml.safe_dump(asdict(check_settings(settings)), allow_unicode=True)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.chmod(0o600)
    new.write_text(text, "utf-8")
    new.replace(path)


def _read_broker(url: str) -> Broker:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InputProblem(
            "消息服务器的地址应形如 mqtt://用户:口令@主机:1883 或 mqtts://主机:8883。",
            "The broker's address looks like mqtt://user:password@host:1883 or mqtts://host:8883.",
        )
    return Broker(
        parts.hostname,
        port or _PORTS[parts.scheme],
        parts.scheme == "mqtts",
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
    )
