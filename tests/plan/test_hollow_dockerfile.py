"""The hollow half of a Dockerfile: what does not depend on the source stays, everything else goes."""

from __future__ import annotations

from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.hollow_dockerfile import hollow_dockerfile


def hollow(text: str, target: str | None = None) -> str:
    """The hollow half, where something was left out."""
    half, left_out = hollow_dockerfile(read_dockerfile(text), target)
    assert left_out
    return half


def test_python_with_system_packages_and_an_entry_point() -> None:
    text = """\
ARG PYTHON=3.12
FROM python:${PYTHON}-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /srv/app
RUN apt-get update \\
    # for psycopg
 && apt-get install -y libpq5
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY docker/entrypoint.sh /usr/local/bin/entrypoint.sh
RUN chmod +x /usr/local/bin/entrypoint.sh && mkdir -p /data
COPY . .
RUN chmod +x manage.py && python manage.py collectstatic
RUN useradd app
USER app
EXPOSE 8000
ENTRYPOINT ["entrypoint.sh"]
CMD ["gunicorn", "app"]
"""
    assert (
        hollow(text)
        == """\
ARG PYTHON=3.12

FROM python:${PYTHON}-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /srv/app
RUN apt-get update \\
    # for psycopg
 && apt-get install -y libpq5
COPY docker/entrypoint.sh /usr/local/bin/entrypoint.sh
RUN chmod +x /usr/local/bin/entrypoint.sh && mkdir -p /data
RUN useradd app
USER app
EXPOSE 8000
ENTRYPOINT ["entrypoint.sh"]
CMD ["gunicorn", "app"]
"""
    )


def test_stages_that_only_carry_the_source_go() -> None:
    text = """\
FROM node:20 AS deps
WORKDIR /app
COPY package*.json ./
RUN npm ci
FROM deps AS build
COPY . .
RUN npm run build
FROM golang:1.23 AS tool
RUN go install example.org/tool@latest
FROM --platform=linux/amd64 node:20-slim AS runtime
COPY --from=tool /go/bin/tool /usr/local/bin/
COPY --from=build /app/dist /app/dist
CMD ["node", "dist/main.js"]
"""
    assert (
        hollow(text, "runtime")
        == """\

FROM golang:1.23 AS tool
RUN go install example.org/tool@latest

FROM --platform=linux/amd64 node:20-slim AS runtime
COPY --from=tool /go/bin/tool /usr/local/bin/
CMD ["node", "dist/main.js"]
"""
    )


def test_a_stage_on_a_stage_with_source_keeps_only_system_work() -> None:
    text = """\
FROM node:20 AS deps
WORKDIR /app
COPY package.json ./
RUN npm install
FROM deps
RUN corepack enable
RUN npm run build
ENV NODE_ENV=development
"""
    assert (
        hollow(text)
        == """\

FROM node:20 AS deps
WORKDIR /app

FROM deps
RUN corepack enable
ENV NODE_ENV=development
"""
    )


def test_uv_from_its_own_image_with_mounted_lock_files() -> None:
    text = """\
FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /uvx /bin/
WORKDIR /app
RUN --mount=type=cache,target=/root/.cache/uv \\
    --mount=type=bind,source=uv.lock,target=uv.lock \\
    uv sync --locked --no-install-project
COPY . /app
RUN uv sync --locked
ENV PATH="/app/.venv/bin:$PATH"
CMD ["uvicorn", "main:app"]
"""
    assert (
        hollow(text)
        == """\

FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /uvx /bin/
WORKDIR /app
ENV PATH="/app/.venv/bin:$PATH"
CMD ["uvicorn", "main:app"]
"""
    )


def test_a_file_written_in_the_dockerfile_is_no_source() -> None:
    text = "FROM x\nWORKDIR /app\nCOPY . .\nCOPY <<EOF /app/settings\nA=1\nEOF\n"
    assert hollow(text) == "\nFROM x\nWORKDIR /app\nCOPY <<EOF /app/settings\nA=1\nEOF\n"


def test_installing_a_package_manager_is_no_installing_of_packages() -> None:
    text = "FROM x\nCOPY . /app\nRUN pip install --no-cache poetry==2\nRUN pip install flask\n"
    assert hollow(text) == "\nFROM x\nRUN pip install --no-cache poetry==2\n"


def test_without_source_there_is_no_half() -> None:
    text = "FROM postgres:17\nRUN apt-get update\nCOPY init.sql /docker-entrypoint-initdb.d/\n"
    assert hollow_dockerfile(read_dockerfile(text), None) == (f"\n{text}", False)


def test_a_base_that_is_not_known_has_no_half() -> None:
    assert hollow_dockerfile(read_dockerfile("FROM base-$TARGETARCH\nCOPY . .\n"), None) == ("", False)


def test_of_a_run_that_mixes_both_only_the_system_work_stays() -> None:
    text = """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN set -eux && apt-get update && apt-get install -y gcc && pip install -r requirements.txt && apt-get purge -y gcc
RUN pip install poetry && poetry install
RUN npm ci && npm run build
"""
    assert (
        hollow(text)
        == """\

FROM python:3.12-slim
WORKDIR /app
RUN set -eux && apt-get update && apt-get install -y gcc && apt-get purge -y gcc
RUN pip install poetry
"""
    )


def test_no_build_argument_is_written_into_the_half() -> None:
    text = "ARG TOKEN=none\nARG HOST\nFROM ${HOST}/python:${TOKEN} AS app\nARG TOKEN\nCOPY . /app\nRUN apt-get update\n"
    half, left_out = hollow_dockerfile(read_dockerfile(text, {"TOKEN": "canary-7f3a", "HOST": "canary-host"}), None)
    assert left_out
    assert half == ("ARG TOKEN=none\nARG HOST\n\nFROM ${HOST}/python:${TOKEN} AS app\nARG TOKEN\nRUN apt-get update\n")


def test_arranging_outside_the_working_directory_stays() -> None:
    text = """\
FROM x
ENV HOME_OF=/srv
WORKDIR $HOME_OF/app
COPY . .
RUN mkdir -p /data
RUN ln -s /data /var/files && rm -rf /tmp/x
RUN mkdir -p /srv/app/static
RUN chmod +x manage.py
"""
    assert (
        hollow(text)
        == """\

FROM x
ENV HOME_OF=/srv
WORKDIR $HOME_OF/app
RUN mkdir -p /data
RUN ln -s /data /var/files && rm -rf /tmp/x
"""
    )
