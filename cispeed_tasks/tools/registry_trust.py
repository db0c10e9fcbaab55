"""The certificates by which a registry is known to be itself."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

CERTIFICATES = Path("/etc/docker/certs.d")
"""Where the engine looks for a registry's: <host>/*.crt (docs.docker.com, 'Verify repository client with certificates')."""
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""The variables by which Python programs are pointed at a bundle, or a directory; the first that is set counts."""


def context(host: str, *, otherwise: str) -> ssl.SSLContext:
    """Trust what the system trusts, what a variable names, and what the engine was given for the registry `host`.

    Args:
        host: the registry's name with its port.
        otherwise: the bundle for a system that has none.

    Raises:
        OSError: a certificate cannot be read.
    """
    made = ssl.create_default_context()  # SSL_CERT_FILE and SSL_CERT_DIR are OpenSSL's own
    # Python 3.13 sets this flag; the engine, whose trust counts, takes authorities that do not keep to RFC 5280.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    for path in [*_bundle(otherwise), *sorted(CERTIFICATES.joinpath(host).glob("*.crt"))]:
        made.load_verify_locations(*([None, path] if path.is_dir() else [path]))
    return made


def _bundle(otherwise: str) -> list[Path]:
    named = [os.environ[name] for name in BUNDLES if os.environ.get(name)]
    if named:
        return [Path(named[0])]
    system = ssl.get_default_verify_paths()
    return [] if system.cafile or system.capath else [Path(otherwise)]
