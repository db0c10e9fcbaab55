"""How a root image is made from Debian's packages where no registry answers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cispeed_tasks.config_schema import RootConfig

SUITES = {"12": "bookworm", "13": "trixie"}
DEBIAN_SUITES = ("bookworm", "trixie")
PYTHON_OF = {"3.11": "bookworm", "3.13": "trixie"}
"""The one Python that each Debian release has."""
NODE_OF = {"18": "bookworm", "20": "trixie"}

BROWSERS = ("chromium", "chromium-headless-shell", "fonts-liberation", "fonts-noto-color-emoji")

LABELS = {"cispeed.root": "made"}
"""What a root image is labelled with that was made here; images that stand on it have it, too."""
RECIPE = "cispeed.recipe"
CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
CA_VARIABLES = (
    "SSL_CERT_FILE",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
)
"""The variables by which OpenSSL, pip, requests (and so Poetry), Node, curl and git are pointed at a bundle."""
PATIENCE = {
    "UV_HTTP_RETRIES": "8",
    "PIP_RETRIES": "8",
    "POETRY_REQUESTS_MAX_RETRIES": "5",
    "NPM_CONFIG_FETCH_RETRIES": "5",
    "NPM_CONFIG_FETCH_TIMEOUT": "60000",
}
"""How often the installers ask a package index that does not answer, and after how many milliseconds npm asks anew.

Where no registry answers, the network is seldom good: uv's own three tries are over in 45 s, and npm waits five minutes for one.
Roots that were made before stay as they are.
"""


@dataclass(frozen=True)
class Recipe:
    """A root image as Debian's packages give it."""

    name: str
    suite: str
    packages: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The plain Debian image that the packages are installed on."""
        return f"debian:{self.suite}-slim"

    @property
    def digest(self) -> str:
        """What the image is labelled with, by which one that was made by another recipe is known."""
        return hashlib.sha256(f"{self.suite}\n{self.dockerfile()}".encode()).hexdigest()[:16]

    @property
    def is_plain(self) -> bool:
        """Whether debootstrap's result is the image already."""
        return not self.packages and not self.commands

    def dockerfile(self) -> str:
        """The Dockerfile that adds the packages to the plain image."""
        lines = [f"FROM {self.parent}", *(f'ENV {key}="{value}"' for key, value in self.env.items())]
        steps = (
            ["apt-get update", f"apt-get install -y --no-install-recommends {' '.join(self.packages)}"]
            if self.packages
            else []
        )
        steps += [*self.commands, "rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb"]
        lines.append("RUN " + " \\\n && ".join(steps))
        if self.entrypoint:
            lines.append(f"ENTRYPOINT {json.dumps(self.entrypoint)}")
        return "\n".join(lines) + "\n"


def made_by(labels: Mapping[str, str]) -> str | None:
    """The digest of the recipe that an image was made by, from its labels; None where these tasks did not make it."""
    return labels.get(RECIPE, "") if all(labels.get(key) == value for key, value in LABELS.items()) else None


def is_outdated(name: str, made: str | None, configured: Mapping[str, RootConfig]) -> bool:
    """Whether an image was made here by another recipe than it would be now, as `made_by` tells."""
    recipe = recipe_for(name, configured)
    return made is not None and recipe is not None and not recipe.is_plain and made != recipe.digest


def recipe_for(name: str, configured: Mapping[str, RootConfig]) -> Recipe | None:
    """The recipe of a root image: the config's, or one that is known for Debian, Python and Node; None for others."""
    if "@" in name and name not in configured:
        return None
    if name in configured:
        root = configured[name]
        return Recipe(name, root.suite, root.packages, root.commands, root.env)
    if name.startswith("mcr.microsoft.com/playwright:"):
        return Recipe(name, "trixie", ("nodejs", "npm", *BROWSERS), (), {"PLAYWRIGHT_BROWSERS_PATH": "/ms-playwright"})
    repository, _, tag = name.partition(":")
    short = repository.removeprefix("docker.io/").removeprefix("library/")
    if "alpine" in tag:
        return None
    known = {"debian": _debian, "python": _python, "node": _node, "registry": _registry}
    return known[short](name, tag) if short in known else None


def _debian(name: str, tag: str) -> Recipe | None:
    word = re.split(r"[-.]", tag)[0]
    suite = SUITES.get(word, word)
    return Recipe(name, suite) if suite in DEBIAN_SUITES else None


def _python(name: str, tag: str) -> Recipe | None:
    version = re.match(r"\d+\.\d+", tag)
    suite = PYTHON_OF.get(version[0]) if version else None
    if suite is None or any(other in tag for other in DEBIAN_SUITES if other != suite):
        return None
    links = tuple(
        f"ln -sf /usr/bin/{old} /usr/local/bin/{new}"
        for old, new in (("python3", "python"), ("python3", "python3"), ("pip3", "pip"))
    )
    # The official image has pip alone, which could not replace what Debian's packages installed without a record.
    links += ("rm -rf /usr/lib/python3/dist-packages/packaging* /usr/lib/python3/dist-packages/wheel*",)
    # The official image's pip installs into the system; Debian's refuses without this (PEP 668).
    return Recipe(name, suite, ("python3", "python3-pip", "python3-venv"), links, {"PIP_BREAK_SYSTEM_PACKAGES": "1"})


def _node(name: str, tag: str) -> Recipe | None:
    version = re.match(r"\d+", tag)
    suite = NODE_OF.get(version[0]) if version else None
    if suite is None or any(other in tag for other in DEBIAN_SUITES if other != suite):
        return None
    return Recipe(name, suite, ("nodejs", "npm"))


def _registry(name: str, tag: str) -> Recipe | None:
    """Debian's docker-registry with the official image's program name, settings file and entry point."""
    if not re.match(r"2(\.|$)", tag):
        return None
    settings = 'version: 0.1\\nstorage: {filesystem: {rootdirectory: /var/lib/registry}}\\nhttp: {addr: ":5000"}\\n'
    commands = (
        "ln -s /usr/bin/docker-registry /usr/local/bin/registry",
        "mkdir -p /var/lib/registry /etc/docker/registry",
        f"printf '{settings}' > /etc/docker/registry/config.yml",
    )
    serve = ("registry", "serve", "/etc/docker/registry/config.yml")
    return Recipe(name, "trixie", ("docker-registry",), commands, entrypoint=serve)
