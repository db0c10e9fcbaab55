"""A Django project as one meets it: gunicorn behind nginx, PostgreSQL with init scripts, one Compose file over another."""

from __future__ import annotations

from tests.docker.third_party import NGINX, POSTGRES

COMPOSE = f"""\
x-app: &app
  build:
    context: .
    target: production
    args:
      PYTHON_VERSION: ${{PYTHON_VERSION:-3.13}}
  env_file: .env
  environment:
    DATABASE_HOST: db
    DJANGO_SECRET_KEY_FILE: /run/keys/secret_key
  volumes:
    - ./keys/secret_key:/run/keys/secret_key:ro
    - static:/app/staticfiles
    - media:/app/media

services:
  db:
    image: {POSTGRES}
    restart: unless-stopped
    env_file: .env
    volumes:
      - postgres:/var/lib/postgresql/data/
      - ./docker/db/init:/docker-entrypoint-initdb.d:ro
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $$POSTGRES_USER -d $$POSTGRES_DB"]
      interval: 30s
      timeout: 5s
      retries: 5

  migrate:
    <<: *app
    command: python manage.py migrate --noinput
    restart: "no"
    depends_on:
      db:
        condition: service_healthy

  web:
    <<: *app
    container_name: bookshelf-web
    restart: unless-stopped
    expose: ["8000"]
    depends_on:
      migrate:
        condition: service_completed_successfully
    healthcheck:
      test: ["CMD", "python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz')"]
      interval: 30s
      timeout: 5s
      retries: 5

  nginx:
    image: {NGINX}
    container_name: bookshelf-nginx
    restart: unless-stopped
    ports:
      - "8093:80"
    volumes:
      - ./docker/nginx/nginx.conf:/etc/nginx/conf.d/default.conf:ro
      - ./docker/nginx/errors:/usr/share/nginx/errors:ro
      - static:/usr/share/nginx/static:ro
      - media:/usr/share/nginx/media:ro
    depends_on:
      web:
        condition: service_healthy

  shell:
    <<: *app
    profiles: [tools]
    command: python manage.py shell

volumes:
  postgres:
  static:
  media:
"""

OVERRIDE = """\
services:
  migrate:
    build:
      target: development
    volumes:
      - .:/app
  web:
    build:
      target: development
    environment:
      DJANGO_DEBUG: "1"
      WEB_CONCURRENCY: ${WEB_CONCURRENCY:-1}
    volumes:
      - .:/app
      - /app/.venv
"""

DOCKERFILE = """\
ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS base
ENV PYTHONUNBUFFERED=1 \\
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

FROM base AS wheels
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip wheel --wheel-dir /wheels -r requirements.txt

FROM base AS production
RUN groupadd --system app && useradd --system --gid app --home-dir /app app
COPY requirements.txt ./
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels pip install --no-cache-dir --no-index --find-links=/wheels -r requirements.txt
COPY docker/web/entrypoint.sh /usr/local/bin/entrypoint
RUN chmod +x /usr/local/bin/entrypoint
COPY --chown=app:app . .
RUN mkdir -p staticfiles media && chown app:app staticfiles media
USER app
EXPOSE 8000
ENTRYPOINT ["entrypoint"]
CMD ["gunicorn", "bookshelf.wsgi:application", "--bind", "0.0.0.0:8000"]

FROM production AS development
USER root
CMD ["gunicorn", "bookshelf.wsgi:application", "--bind", "0.0.0.0:8000", "--reload"]
"""

ENTRYPOINT = """\
#!/bin/sh
set -e
if [ "$1" = gunicorn ]; then
    python manage.py collectstatic --noinput --verbosity 0
fi
exec "$@"
"""

NGINX_CONF = """\
upstream app {
    server web:8000;
}

server {
    listen 80;
    proxy_intercept_errors on;
    error_page 404 /404.html;

    location = /404.html {
        root /usr/share/nginx/errors;
        internal;
    }
    location /static/ {
        alias /usr/share/nginx/static/;
    }
    location / {
        proxy_pass http://app;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
}
"""

SETTINGS = """\
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = Path(os.environ["DJANGO_SECRET_KEY_FILE"]).read_text().strip()
DEBUG = os.environ.get("DJANGO_DEBUG") == "1"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.staticfiles", "books"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "bookshelf.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["POSTGRES_DB"],
        "USER": os.environ["POSTGRES_USER"],
        "PASSWORD": os.environ["POSTGRES_PASSWORD"],
        "HOST": os.environ["DATABASE_HOST"],
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = BASE_DIR / "media"
"""

URLS = """\
from django.http import HttpResponse, JsonResponse
from django.urls import path

from books.models import Book


def books(request):
    return JsonResponse({"books": [book.title for book in Book.objects.order_by("title")]})


urlpatterns = [path("healthz", lambda request: HttpResponse("ok")), path("books/", books)]
"""

MODELS = """\
from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=200)
    isbn = models.CharField(max_length=13, db_collation="digits")
"""

MIGRATION = """\
from django.db import migrations, models


def first_book(apps, schema_editor):
    apps.get_model("books", "Book").objects.create(title="The Dispossessed", isbn="9780061054884")


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=200)),
                ("isbn", models.CharField(db_collation="digits", max_length=13)),
            ],
        ),
        migrations.RunPython(first_book, migrations.RunPython.noop),
    ]
"""

MANAGE = """\
#!/usr/bin/env python
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookshelf.settings")

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""

WSGI = """\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookshelf.settings")
application = get_wsgi_application()
"""

FILES = {
    "compose.yaml": COMPOSE,
    "compose.override.yaml": OVERRIDE,
    ".env.example": "POSTGRES_USER=bookshelf\nPOSTGRES_PASSWORD=\nPOSTGRES_DB=bookshelf\n",
    ".gitignore": ".env\nkeys/\n/staticfiles/\n/media/\n__pycache__/\n.venv/\n",
    ".dockerignore": ".git\n.env\nkeys\n**/__pycache__\n.venv\nstaticfiles\nmedia\n",
    "README.md": "# Bookshelf\n\nCopy `.env.example` to `.env`, put a key into `keys/secret_key`, then `docker compose up`.\n",
    "Dockerfile": DOCKERFILE,
    "requirements.txt": "Django>=5.2,<5.3\ngunicorn>=23,<24\npsycopg[binary]>=3.2,<4\n",
    "docker/web/entrypoint.sh": ENTRYPOINT,
    "docker/nginx/nginx.conf": NGINX_CONF,
    "docker/nginx/errors/404.html": "<h1>No such shelf</h1>\n",
    # A migration needs what this script makes: without it the stack does not come up.
    "docker/db/init/01-collation.sql": "CREATE COLLATION digits (provider = icu, locale = 'en-u-kn-true');\n",
    "manage.py": MANAGE,
    "bookshelf/__init__.py": "",
    "bookshelf/settings.py": SETTINGS,
    "bookshelf/urls.py": URLS,
    "bookshelf/wsgi.py": WSGI,
    "books/__init__.py": "",
    "books/models.py": MODELS,
    "books/migrations/__init__.py": "",
    "books/migrations/0001_initial.py": MIGRATION,
    "books/static/books/site.css": "body { color: rebeccapurple }\n",
}

IGNORED = {
    ".env": "POSTGRES_USER=bookshelf\nPOSTGRES_PASSWORD=canary-password\nPOSTGRES_DB=bookshelf\n",
    "keys/secret_key": "canary-secret-key-of-the-bookshelf\n",
}
"""What git ignores, as it lies in the checkout of somebody who works on the project."""
