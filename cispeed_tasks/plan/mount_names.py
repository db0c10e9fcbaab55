"""What directories and files are by their names: data, caches, reports, placeholders, keys and litter."""

from __future__ import annotations

import posixpath
import re

from cispeed_tasks.model import Mount

DATA = re.compile(r"/(var/lib/|data(/|$)|bitnami/|usr/share/elasticsearch/data|qdrant/storage|opt/\w+/data)")
"""Where the official images of databases, queues and registries keep their data."""
DEPENDENCIES = frozenset({"node_modules", ".venv", "venv", "site-packages", "__pypackages__"})
CACHES = re.compile(
    r"/(\.npm|\.yarn|\.pnpm-store|pnpm/store|\.cache/(pip|pypoetry|uv|yarn|pnpm|go-build|ms-playwright)|\.bun/install"
    r"|usr/local/bundle|bundle|go/pkg/mod|go/pkg|\.cargo/registry|\.m2|\.gradle|\.composer|\.nuget/packages|pip-cache)(/|$)"
)
"""Where package managers keep what they downloaded or installed."""
REPORTS = re.compile(
    r"(^|[-_.])(reports?|test-?results?|playwright-report|coverage|htmlcov|allure-results|junit|screenshots|artifacts)$",
    re.IGNORECASE,
)
PLACEHOLDERS = frozenset({".gitkeep", ".keep", ".gitignore", ".placeholder", ".empty", ".npmignore"})
KEYS = re.compile(
    r"(^\.env(\..+)?$|\.env$|\.(pem|key|p12|pfx|jks|keystore|ppk)$|^id_(rsa|dsa|ecdsa|ed25519)$|^\.?(htpasswd(\..+)?|netrc|pgpass)$"
    r"|(^|[-_.])(secrets?|credentials?|passwords?|passwd|tokens?)(\.(txt|json|ya?ml|toml|ini|env|conf))?$"
    r"|service-account.*\.json$)",
    re.IGNORECASE,
)
"""Files that hold secrets by their names; templates of them hold none."""
TEMPLATES = re.compile(r"\.?(example|sample|template|dist|tpl|tmpl|j2)$", re.IGNORECASE)
LITTER = re.compile(
    r"\.(py[co]|log|pid|swp|swo|tsbuildinfo|sqlite3?(-journal|-wal|-shm)?|db|bak|orig|tmp)$|^(\.DS_Store|Thumbs\.db|\.coverage(\..*)?|celerybeat-schedule.*|dump\.rdb)$"
)
SHIELDED = (
    "node_modules",
    ".venv",
    "venv",
    "__pycache__",
    ".git",
    ".cispeed",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".idea",
    ".vscode",
)
"""Directories that are never baked: what the image installs itself, and what belongs to the checkout only."""
SAFE_FOLDERS = re.compile(r"(^|/)(certs?|certificates|keys|secrets?|ssl|tls|private)(/|$)", re.IGNORECASE)


def is_data_place(mount: Mount) -> bool:
    """Whether a bind mount lies, writable, where images keep their data."""
    return mount.type == "bind" and not mount.read_only and bool(DATA.match(posixpath.normpath(mount.target)))


def is_dependency_folder(path: str) -> bool:
    """Whether a directory holds installed packages, by its name."""
    return posixpath.basename(path.rstrip("/")) in DEPENDENCIES


def is_cache(path: str) -> bool:
    """Whether a directory in a container is where a package manager keeps what it downloaded."""
    return bool(CACHES.search(posixpath.normpath(path)))


def is_report_folder(path: str) -> bool:
    """Whether a directory is for results that people look at, by its name."""
    return bool(REPORTS.search(posixpath.basename(path.rstrip("/"))))


def is_placeholder(name: str) -> bool:
    """Whether a file is there only so that git keeps its directory."""
    return posixpath.basename(name) in PLACEHOLDERS or posixpath.basename(name).lower().startswith("readme")


def is_key(name: str) -> bool:
    """Whether a file holds a secret, by its name."""
    base = posixpath.basename(name)
    return bool(KEYS.search(base)) and not TEMPLATES.search(base)


def is_safe_folder(path: str) -> bool:
    """Whether a directory is for keys and certificates, by its name or that of one above it."""
    return bool(SAFE_FOLDERS.search(path))


def is_litter(name: str) -> bool:
    """Whether a file is what programs leave behind."""
    return bool(LITTER.search(posixpath.basename(name)))
