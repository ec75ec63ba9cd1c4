"""`make run`: prepare this data directory, then serve web and jobs until stopped.

Migrates, loads content, seeds the demo government when the database is empty, prints addresses
and demo accounts. A second start finds everything done and changes nothing.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.chdir(ROOT)

from dotenv import load_dotenv  # noqa: E402

load_dotenv()

from config import Settings, SettingsError, read_settings  # noqa: E402


def main() -> int:
    """Return the exit code of the first process that ended by itself, or 0 when told to stop."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    prepare(settings)
    port = os.environ.get("PORT") or "8000"
    # Each child is a process group of its own: Ctrl-C reaches this process alone, which then ends
    # both in an orderly way; gunicorn's workers would take a second signal for a crash.
    children = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--bind",
                f"127.0.0.1:{port}",
                "--workers",
                "2",
                "--threads",
                "4",
                "--worker-class",
                "gthread",
                "--preload",
                "--no-control-socket",
                "--graceful-timeout",
                "10",
                "--log-level",
                "warning",
                "wsgi:app",
            ],
            process_group=0,
        ),
        subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"], process_group=0
        ),
    ]
    stopped = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopped
        stopped = True
        for child in children:
            child.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    announce(settings)
    while all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in children:
        child.terminate()
    codes = [child.wait(timeout=30) for child in children]
    return 0 if stopped else next((code for code in codes if code), 0)


def prepare(settings: Settings) -> None:
    """Migrate, load content that changed, seed an empty demo."""
    head = (ROOT / "migrations/HEAD").read_text().strip()
    marker = settings.data_dir / "prepared"
    wanted = fingerprint(settings, head)
    if marker.exists() and marker.read_text() == wanted and _database_is_there(settings):
        return
    flask("db", "upgrade")
    flask("content", "load")
    if settings.demo:
        flask("demo", "seed", "--if-empty")
    marker.write_text(wanted)


def fingerprint(settings: Settings, head: str) -> str:
    """Return what `prepare` depends on, hashed: a database's address may hold a password."""
    facts = f"{settings.database_url} {head} {settings.demo} {content_fingerprint(settings)}"
    return hashlib.sha256(facts.encode()).hexdigest()


def _database_is_there(settings: Settings) -> bool:
    prefix = "sqlite:///"
    if settings.database_url.startswith(prefix):
        return Path(settings.database_url.removeprefix(prefix)).exists()
    import sqlalchemy as sa

    engine = sa.create_engine(settings.database_url)
    try:
        return sa.inspect(engine).has_table("alembic_version")  # a recreated database lacks it
    except sa.exc.OperationalError:
        return False  # let the migration say in a sentence what is wrong
    finally:
        engine.dispose()


def content_fingerprint(settings: Settings) -> str:
    """Return a hash over names, sizes and times of all content files; reads no content."""
    digest = hashlib.sha256()
    for folder in settings.content_dirs:
        for name in ("courses", "quizzes"):
            for path in sorted((folder / name).rglob("*")):
                if path.is_file():
                    facts = path.stat()
                    digest.update(f"{path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def flask(*arguments: str) -> None:
    """Run a command of the application; what it cannot do ends the start."""
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *arguments], check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def announce(settings: Settings) -> None:
    """Print where Titian is and how to sign in to the demo."""
    print(f"\nTitian berjalan di {settings.base_url}", flush=True)
    if not settings.demo:
        return
    kept = settings.data_dir / "demo-password"
    password = settings.demo_password or (kept.read_text().strip() if kept.exists() else "-")
    print(
        "Akun contoh: asn, asn2 (pegawai), atasan, kepala (kepala OPD), adminopd, bkpsdm, bkpsdm2,\n"
        "verifikator, pengajar, pengajar2, asesor, auditor, pimpinan, admin, admin2\n"
        f"Kata sandi semua akun contoh: {password}\n",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
