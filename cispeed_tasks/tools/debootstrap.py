"""debootstrap: a plain Debian image from the distribution's packages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cispeed_tasks.errors import ToolError
from cispeed_tasks.tools import host, process

MAKE_SECONDS = 900.0
NEEDLESS = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/info",
    "usr/share/locale",
    "var/cache/apt",
    "var/lib/apt/lists",
)
SLIM = "".join(f"path-exclude /{path}/*\n" for path in NEEDLESS[:4]) + "path-include /usr/share/doc/*/copyright\n"


def make_image(name: str, suite: str, mirror: str, *, env: Mapping[str, str], labels: Mapping[str, str]) -> None:
    """Make the image `name` from the Debian suite `suite` of the archive `mirror`.

    The image carries this machine's CA bundle and `env`.

    Raises:
        ToolError: debootstrap is missing, this is not root, or the archive does not have the suite.
    """
    if process.on_path("debootstrap") is None:
        raise ToolError(
            f"`{name}` cannot be made here: debootstrap is not installed (`inv engine-up`, or apt-get install debootstrap)"
        )
    if not host.is_root():
        raise ToolError(
            f"`{name}` cannot be made here: debootstrap needs root; run this as root, or make a registry reachable"
        )
    directory = Path(tempfile.mkdtemp(prefix="cispeed-root-"))
    try:
        _install(directory, suite, mirror)
        _finish(directory)
        changes = [f"ENV {key}={value}" for key, value in env.items()]
        changes += [f"LABEL {key}={value}" for key, value in labels.items()] + ['CMD ["bash"]']
        options = [word for change in changes for word in ("--change", change)]
        process.pipe(["tar", "-C", str(directory), "-c", "."], ["docker", "import", *options, "-", name])
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _install(directory: Path, suite: str, mirror: str) -> None:
    keyring = host.apt_mirror(host.os_release().get("ID", ""))[1]
    options = [f"--keyring={keyring}"] if keyring and Path(keyring).is_file() else []
    argv = ["debootstrap", "--variant=minbase", "--include=ca-certificates", *options, suite, str(directory), mirror]
    done = process.ask(argv, timeout=MAKE_SECONDS, check=False)
    if done.exit_code:
        raise ToolError(process.failure(done))


def _finish(directory: Path) -> None:
    """Leave out what an image does not need, and add this machine's certificates."""
    for path in NEEDLESS:
        for entry in (directory / path).glob("*"):
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    (directory / "etc/dpkg/dpkg.cfg.d/01-slim").write_text(SLIM)
    if host.CA_BUNDLE.is_file():
        shutil.copy(host.CA_BUNDLE, directory / host.CA_BUNDLE.relative_to("/"))
    for certificate in Path("/usr/local/share/ca-certificates").glob("*.crt"):
        shutil.copy(certificate, directory / "usr/local/share/ca-certificates")
