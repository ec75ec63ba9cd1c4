"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

import click
from dotenv import load_dotenv

from config import SettingsError
from lms.app import create_app

load_dotenv()
try:
    app = create_app()
except SettingsError as error:
    click.echo(str(error), err=True)
    raise SystemExit(2) from None
