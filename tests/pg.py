"""A private PostgreSQL server for the tests: unix socket only, in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    chosen = os.environ.get("LMS_TEST_PG_BIN")
    if chosen:
        return Path(chosen)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _user() -> dict[str, object]:
    """PostgreSQL refuses to run as root; then it runs as an unprivileged user."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return {}


@contextmanager
def server(*, fsync: bool = False):
    """Yield the URL prefix (without database) of a running server."""
    home = binaries()
    if home is None:
        msg = "PostgreSQL tidak ditemukan: pasang paket postgresql atau isi LMS_TEST_PG_BIN"
        raise RuntimeError(msg)
    folder = Path(tempfile.mkdtemp(prefix="tpg"))
    who = _user()
    folder.chmod(0o755)
    data, sockets = folder / "data", folder / "s"
    for path in (data, sockets):
        path.mkdir()
        if who:
            os.chown(path, who["user"], who["group"])
        path.chmod(0o700 if path is data else 0o777)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    run = {
        "env": env,
        "cwd": str(folder),
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.STDOUT,
        **who,
    }
    subprocess.run(
        [
            home / "initdb",
            "-D",
            data,
            "-U",
            "titian",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C.UTF-8",
        ],
        check=True,
        **run,
    )
    sync = "on" if fsync else "off"
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "fsync": sync,
        "synchronous_commit": sync,
        "full_page_writes": sync,
        "max_connections": "60",
        "shared_buffers": "64MB",
    }
    flags = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    process = subprocess.Popen([home / "postgres", "-D", data, *flags], **run)
    try:
        for _ in range(200):
            if (
                subprocess.run(
                    [home / "pg_isready", "-h", sockets, "-q"], check=False, env=env
                ).returncode
                == 0
            ):
                break
            time.sleep(0.05)
        yield f"postgresql://titian@/{{name}}?host={sockets}"
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)
