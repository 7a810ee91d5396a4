"""One data folder and the programs that serve it: create, start, find, stop."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chaintwin.engine.postgres.owner import Owner
from chaintwin.engine.postgres.server import Server
from chaintwin.kit.places import make_folder
from chaintwin.kit.problems import Problem

HOST = "127.0.0.1"
SUPERUSER = "postgres"

# pg_trgm finds no trigram in Chinese under the C locale or the builtin provider; the C library's
# UTF-8 locales know that 汉 is a letter.
_LOCALES = ("C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8")
_START_SECONDS = 300
_TRIES = 20

SETTINGS: Mapping[str, str] = {
    "listen_addresses": f"'{HOST}'",
    "unix_socket_directories": "''",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    # No standby reads the log of an embedded server.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "timezone": "'UTC'",
    "datestyle": "'iso, ymd'",
    "lc_messages": "'C'",
    "default_text_search_config": "'pg_catalog.simple'",
    "password_encryption": "'scram-sha-256'",
    "logging_collector": "on",
    "log_filename": "'postgres-%a.log'",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_timezone": "'UTC'",
    "log_min_duration_statement": "5s",
    # Statements may be logged, never the personal data they carry.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_HBA = f"host all all {HOST}/32 scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class Instance:
    """A data folder, its programs, its system user and the folder of its logs."""

    server: Server
    data: Path
    logs: Path
    owner: Owner

    @property
    def exists(self) -> bool:
        """Tell whether the data folder was created."""
        return (self.data / "PG_VERSION").exists()

    def create(self, password: str) -> None:
        """Create the data folder in one step; `password` is the superuser's."""
        staging = self.data.with_name(f"{self.data.name}.partial")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        try:
            self._initialise(staging, password)
            (staging / "pg_hba.conf").write_text(_HBA, "utf-8")
            with (staging / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write("include = 'chaintwin.conf'\ninclude_if_exists = 'local.conf'\n")
            staging.rename(self.data)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _initialise(self, staging: Path, password: str) -> None:
        secret = staging.with_name(f"{staging.name}.password")
        secret.unlink(missing_ok=True)
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(password)
        self.owner.own(staging)
        self.owner.own(secret)
        try:
            for name in _LOCALES:
                made = self._run(
                    *("initdb", "-D", staging, "-U", SUPERUSER, f"--pwfile={secret}"),
                    *("--auth=scram-sha-256", "--encoding=UTF8"),
                    *("--locale-provider=libc", f"--locale={name}", "--no-instructions"),
                )
                if made.returncode == 0:
                    return
                if "invalid locale" not in made.stderr:
                    break
        finally:
            secret.unlink()
        raise Problem(
            f"无法建立数据库文件夹 {self.data}：{made.stderr.strip()}。"
            "请检查磁盘空间、权限和系统的 UTF-8 语言环境（运行 chaintwin doctor）。",
            f"Cannot create the database folder {self.data}: {made.stderr.strip()}. "
            "Check disk space, rights and the system's UTF-8 locale (run chaintwin doctor).",
            status=500,
        )

    def start(self, wanted_port: int | None, settings: Mapping[str, str]) -> int:
        """Start on the wanted port if it is free, else on another; return the port.

        A server that died is recovered. Processes it left behind may take a moment to go.
        """
        running = self.find_port()
        if running is not None:
            return running
        make_folder(self.logs, 0o700)
        self.owner.own(self.logs)
        self._forget_foreign_pid()
        for _ in range(_TRIES):
            port = wanted_port if wanted_port and is_free(wanted_port) else find_free_port()
            self._write_settings(port, settings)
            log = self.logs / "start.log"
            log.unlink(missing_ok=True)
            started = self._run(
                "pg_ctl", "start", "-D", self.data, "-l", log, "-w", "-t", str(_START_SECONDS)
            )
            if started.returncode == 0:
                return port
            said = self._last_words()
            if "shared memory" not in said and "could not bind" not in said:
                break
            time.sleep(0.25)
        raise Problem(
            f"数据库未能启动。数据：{self.data}；日志：{self.logs}。最后的话：{said}",
            f"The database did not start. Data: {self.data}; logs: {self.logs}. Last words: {said}",
            status=500,
        )

    def stop(self) -> None:
        """Stop the server if it runs, after it has written everything to disk."""
        if self.find_port() is None:
            return
        stopped = self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "120")
        if stopped.returncode != 0 and self.find_port() is not None:
            raise Problem(
                f"数据库没有停下：{stopped.stderr.strip()}。日志：{self.logs}。",
                f"The database did not stop: {stopped.stderr.strip()}. Logs: {self.logs}.",
                status=500,
            )

    def find_port(self) -> int | None:
        """Return the port of the server that serves this folder now, or None."""
        for _ in range(_START_SECONDS * 10):
            lines = self._pid_file()
            if not lines or not serves(int(lines[0]), self.data):
                return None
            if len(lines) > 7 and lines[7].strip() == "ready":
                return int(lines[3])
            time.sleep(0.1)
        return None

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _forget_foreign_pid(self) -> None:
        """Drop a pid file whose number was given to another program after a crash or reboot."""
        lines = self._pid_file()
        if lines and os.name != "nt" and not serves(int(lines[0]), self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(lines[0]), 0)
                (self.data / "postmaster.pid").unlink()

    def _write_settings(self, port: int, settings: Mapping[str, str]) -> None:
        lines = {**SETTINGS, "log_directory": _quote(self.logs), "port": str(port), **settings}
        path = self.data / "chaintwin.conf"
        path.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()), "utf-8")
        path.chmod(0o644)

    def _last_words(self) -> str:
        log = self.logs / "start.log"
        newest = max(self.logs.glob("postgres-*.log"), key=lambda p: p.stat().st_mtime, default=log)
        said = [path.read_text("utf-8", "replace") for path in {log, newest} if path.exists()]
        return "\n".join("\n".join(said).splitlines()[-12:])

    def _run(self, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [self.server.program(name), *arguments]
        return self.owner.run(command, self.data.parent, _START_SECONDS + 60)


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of the loopback address."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True


def find_free_port() -> int:
    """Return a port of the loopback address that is free at this moment."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
    return port


def serves(pid: int, data: Path) -> bool:
    """Tell whether this process is a database server of this folder; pids are used again."""
    if os.name == "nt":
        return "postgres" in _ask("tasklist", "/FI", f"PID eq {pid}")
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        command = _ask("ps", "-o", "args=", "-p", str(pid)).strip() + " "
    return "postgres" in command and f"-D {data} " in command


def _ask(program: str, *arguments: str) -> str:
    found = shutil.which(program)
    if found is None:
        return ""
    asked = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    return asked.stdout


def _quote(value: str | Path) -> str:
    return "'" + str(value).replace("'", "''") + "'"
