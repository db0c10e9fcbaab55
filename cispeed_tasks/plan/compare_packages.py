"""The packages that a comparison adds as one dependency: small ones that need no others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PythonPackage:
    """A pure wheel on PyPI."""

    name: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True)
class NodePackage:
    """A package of npm's registry; `integrity` is what lock files say of it."""

    name: str
    version: str
    integrity: str


PYTHON = PythonPackage(
    "toolz",
    "1.1.0",
    "toolz-1.1.0-py3-none-any.whl",
    "15ccc861ac51c53696de0a5d6d4607f99c210739caf987b5d2054f3efed429d8",
)
NODE = NodePackage(
    "isarray",
    "2.0.5",
    "sha512-xHjhDr3cNBK0BzdUJSPXZntQUx/mwMS5Rw4A7lPJ90XGAO6ISP/ePDNuo0vhqOZU+UD5JoodwCAAoZQd3FeAKw==",
)
