# The Dockerfile of the four Poetry services, word for word but for the two lines
# that are marked: Poetry asks PyPI for a JSON answer for each version of each
# package, which mirrors and proxies of package indexes rarely have.  The plugin
# makes it ask the index that every mirror has.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_BREAK_SYSTEM_PACKAGES=1 \
    POETRY_NO_INTERACTION=1 \
    POETRY_VIRTUALENVS_CREATE=false

# marked: where the plugin asks
ENV POETRY_PYPI_MIRROR_URL=https://pypi.org/simple/

RUN apt-get update && apt-get install -y --no-install-recommends \
    git gcc libpq-dev libc6-dev \
    && rm -rf /var/lib/apt/lists/*

# marked: with the plugin
RUN pip install --no-cache-dir poetry==2.5.1 poetry-plugin-pypi-mirror==0.6.5

WORKDIR /app
COPY . .
RUN poetry install

EXPOSE 8000
