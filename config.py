"""Settings of one deployment, read from the environment once.

Every name begins with `LMS_`. An unknown `LMS_*` name is an error at start, because a
mistyped setting that silently does nothing is how a server goes wrong at night
(`LMS_TEST_*` and `LMS_BENCH_*` are left to the tools that own them).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

Environment = Literal["development", "production"]

_ZONES: Final = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak")
_KNOWN: Final = frozenset(
    {
        "LMS_DATABASE_URL",
        "LMS_DATA_DIR",
        "LMS_CONTENT_DIR",
        "LMS_CONTENT_URL",
        "LMS_SECRET_KEY",
        "LMS_BASE_URL",
        "LMS_TIMEZONE",
        "LMS_MAIL_URL",
        "LMS_ENV",
        "LMS_DEMO",
        "LMS_DEMO_PASSWORD",
        "LMS_METRICS_TOKEN",
        "LMS_TRUSTED_PROXIES",
        "LMS_LOG_LEVEL",
    }
)
_SHORTEST_SECRET: Final = 32
_OPEN_PREFIXES: Final = ("LMS_TEST_", "LMS_BENCH_", "LMS_OIDC_")


class SettingsError(Exception):
    """A setting that cannot be used; the message is a sentence for the person at the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, typed and checked. Made by `read_settings`, or directly in tests."""

    environment: Environment
    database_url: str
    data_dir: Path
    content_dirs: tuple[Path, ...]
    content_url: str | None
    secret_key: str
    base_url: str
    timezone: ZoneInfo
    mail_url: str
    demo: bool
    demo_password: str | None
    metrics_token: str | None
    trusted_proxies: int
    log_level: str
    clock_offset_seconds: int

    @property
    def secure_cookies(self) -> bool:
        """Cookies are `Secure` only over https: a plain http login would otherwise never stick."""
        return self.base_url.startswith("https://")


def read_settings(env: Mapping[str, str] | None = None, *, root: Path | None = None) -> Settings:
    """Read and check the settings from `env` (default: the process environment).

    Creates the data directory, and in development a secret key inside it (mode 0600) so that
    sessions survive a restart.

    Raises:
        SettingsError: a name is unknown or a value cannot be used.
    """
    env = os.environ if env is None else env
    root = Path(__file__).parent if root is None else root
    unknown = sorted(
        name
        for name in env
        if name.startswith("LMS_") and name not in _KNOWN and not name.startswith(_OPEN_PREFIXES)
    )
    if unknown:
        msg = f"Pengaturan tidak dikenal: {', '.join(unknown)}. Periksa ejaannya di lingkungan atau berkas .env."
        raise SettingsError(msg)

    environment = env.get("LMS_ENV") or "development"
    if environment not in ("development", "production"):
        msg = f"LMS_ENV harus development atau production, bukan {environment!r}."
        raise SettingsError(msg)
    production = environment == "production"

    data_dir = Path(env.get("LMS_DATA_DIR") or root / "instance").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)

    demo = (env.get("LMS_DEMO") or ("0" if production else "1")) == "1"
    if production and demo:
        raise SettingsError(
            "LMS_DEMO=1 ditolak pada LMS_ENV=production: data contoh tidak boleh bercampur."
        )

    offset = env.get("LMS_TEST_CLOCK_OFFSET") or "0"
    if not offset.isdigit():
        raise SettingsError("LMS_TEST_CLOCK_OFFSET harus bilangan bulat detik, 0 atau lebih.")
    if production and offset != "0":
        raise SettingsError("LMS_TEST_CLOCK_OFFSET ditolak pada LMS_ENV=production.")

    zone = env.get("LMS_TIMEZONE") or "Asia/Jakarta"
    if zone not in _ZONES:
        msg = f"LMS_TIMEZONE harus salah satu dari {', '.join(_ZONES)}, bukan {zone!r}."
        raise SettingsError(msg)

    proxies = env.get("LMS_TRUSTED_PROXIES") or "0"
    if not proxies.isdigit():
        raise SettingsError("LMS_TRUSTED_PROXIES harus jumlah proksi yang dipercaya, misalnya 1.")

    mail_url = env.get("LMS_MAIL_URL") or f"file:{data_dir / 'mail'}"
    if not mail_url.startswith(("smtp://", "smtps://", "file:")):
        raise SettingsError("LMS_MAIL_URL harus smtp://, smtps:// atau file:FOLDER.")

    secret_key = env.get("LMS_SECRET_KEY") or _kept_secret(data_dir, production=production)
    if production and len(secret_key) < _SHORTEST_SECRET:
        raise SettingsError("LMS_SECRET_KEY terlalu pendek: sedikitnya 32 karakter acak.")

    return Settings(
        environment=environment,  # type: ignore[arg-type]  # checked above
        database_url=env.get("LMS_DATABASE_URL") or f"sqlite:///{data_dir / 'titian.db'}",
        data_dir=data_dir,
        content_dirs=(
            root,
            *(
                Path(part).resolve()
                for part in (env.get("LMS_CONTENT_DIR") or "").split(":")
                if part
            ),
        ),
        content_url=env.get("LMS_CONTENT_URL") or None,
        secret_key=secret_key,
        base_url=(
            env.get("LMS_BASE_URL") or f"http://127.0.0.1:{env.get('PORT') or '8000'}"
        ).rstrip("/"),
        timezone=ZoneInfo(zone),
        mail_url=mail_url,
        demo=demo,
        demo_password=env.get("LMS_DEMO_PASSWORD") or None,
        metrics_token=env.get("LMS_METRICS_TOKEN") or None,
        trusted_proxies=int(proxies),
        log_level=(env.get("LMS_LOG_LEVEL") or "INFO").upper(),
        clock_offset_seconds=int(offset),
    )


def _kept_secret(data_dir: Path, *, production: bool) -> str:
    """Return the secret key of this data directory, made on first use."""
    if production:
        raise SettingsError(
            "LMS_SECRET_KEY wajib diisi pada LMS_ENV=production (sedikitnya 32 karakter acak)."
        )
    path = data_dir / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
