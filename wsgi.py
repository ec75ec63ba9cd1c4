"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

import sys

from dotenv import load_dotenv

from config import SettingsError
from lms.app import create_app

load_dotenv()
try:
    app = create_app()
except SettingsError as error:
    print(error, file=sys.stderr)
    raise SystemExit(2) from None
