"""This machine, and what its apt sources say, in both of their formats."""

from __future__ import annotations

import os
import platform

import pytest

from cispeed_tasks.tools import host

DEB822 = """\
# Debian
Types: deb
URIs: http://mirror/debian/
Suites: trixie trixie-updates
Signed-By: /usr/share/keyrings/debian.gpg

Enabled: no
URIs: http://off/debian
Suites: sid

URIs: http://security/debian-security http://second
"""
ONE_LINE = """\
# deb http://off/debian sid main
deb-src http://source/debian trixie main
deb http://mirror/debian/ trixie main
deb [arch=amd64 signed-by=/etc/keys/x.gpg] https://other/x stable main
"""


def test_sources_in_stanzas() -> None:
    assert host._deb822(DEB822) == [  # noqa: SLF001  # the reading is ours, the files are the machine's
        ("http://mirror/debian", ["trixie", "trixie-updates"], "/usr/share/keyrings/debian.gpg"),
        ("http://security/debian-security", [], None),
    ]


def test_sources_in_lines() -> None:
    assert host._one_line(ONE_LINE) == [  # noqa: SLF001
        ("http://mirror/debian", ["trixie"], None),
        ("https://other/x", ["stable"], "/etc/keys/x.gpg"),
    ]


def test_this_machine() -> None:
    assert host.system() == platform.system()
    assert host.is_root() == (os.geteuid() == 0)
    assert host.invoking_user() == (os.getuid(), os.getgid())
    assert set(host.os_release()) >= ({"ID"} if host.system() == "Linux" else set())


def test_a_process_is_known_by_its_name() -> None:
    assert not host.process_is(os.getpid(), "no-such-name")
    assert not host.process_is(2**22 + 1, "python")


def test_a_machine_in_a_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(host, "os_release", lambda: {"NAME": "Debian GNU/Linux", "VERSION_ID": "12"})
    assert host.machine() == "2 cores, Debian 12"
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(host, "os_release", dict)
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert host.machine() == "1 core, Darwin"
