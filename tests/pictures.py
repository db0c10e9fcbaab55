"""Pictures for README.md: of a terminal in which a command really ran, and of a report in Chromium.

    python -m tests.pictures terminal FILE.svg [--lines N] [--in DIRECTORY] -- COMMAND…
    python -m tests.pictures report FILE.png --page REPORT.html [--width 1200] [--height 1240]

A command runs in a terminal of 110 columns; what that shows at the end is drawn, its last lines at most. A report is opened in
the Chromium of the sample's Playwright image, from disk and with no network.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from itertools import groupby
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tests.docker.chromium import IMAGE

COLUMNS, HISTORY = 110, 4000
COLOURS = {"brown": "yellow"}
FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""Fonts from the network, which a picture in a README does not get."""


def run(argv: list[str], directory: Path) -> tuple[list[Text], int]:
    """Run a command in a terminal; returns the lines that it leaves there, and its exit code."""
    screen = pyte.Screen(COLUMNS, HISTORY)
    stream = pyte.ByteStream(screen)
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR"}}
    environment |= {"TERM": "xterm-256color"}
    with subprocess.Popen(argv, stdin=child, stdout=child, stderr=child, env=environment, cwd=directory) as process:
        os.close(child)
        while data := _read(parent):
            stream.feed(data)
    os.close(parent)
    lines = [_line(screen, number) for number in range(HISTORY)]
    while lines and not lines[-1].plain.strip():
        lines.pop()
    return lines, process.returncode


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the program has ended, and so has its side of the terminal
        return b""


def _line(screen: pyte.Screen, number: int) -> Text:
    cells = [screen.buffer[number][column] for column in range(COLUMNS)]
    text = Text()
    for style, alike in groupby(cells, key=_style):
        text.append("".join(cell.data for cell in alike), style)
    text.rstrip()
    return text


def _style(cell: pyte.screens.Char) -> Style:
    colour = None if cell.fg == "default" else COLOURS.get(cell.fg, cell.fg)
    is_code = colour is not None and len(colour) == 6 and all(sign in "0123456789abcdef" for sign in colour)
    return Style(color=f"#{colour}" if is_code else colour, bold=cell.bold)


def draw(command: str, lines: list[Text]) -> str:
    """The picture, as SVG."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text(f"$ {command}", Style(bold=True)))
        for line in lines:
            console.print(line, no_wrap=True, overflow="crop")
    return FONTS.sub("", console.export_svg(title=command))


def terminal(options: argparse.Namespace) -> int:
    """Run a command and draw what it leaves on its terminal."""
    lines, code = run(options.argv, options.directory)
    command = shlex.join([Path(options.argv[0]).name, *options.argv[1:]])
    options.file.write_text(draw(command, lines[-options.lines :]), encoding="utf-8")
    return code


def report(options: argparse.Namespace) -> int:
    """Open a page and take a picture of it."""
    with tempfile.TemporaryDirectory() as directory:
        argv = ["docker", "run", "--rm", "--network", "none"]
        argv += ["--volume", f"{options.page.resolve().parent}:/page:ro", "--volume", f"{directory}:/taken", IMAGE]
        argv += ["chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        argv += ["--virtual-time-budget=5000", "--screenshot=/taken/page.png"]
        argv += [f"--window-size={options.width},{options.height}", f"file:///page/{options.page.name}"]
        subprocess.run(argv, check=True, capture_output=True, timeout=120)
        options.file.write_bytes((Path(directory) / "page.png").read_bytes())
    return 0


def main() -> int:
    """Draw one picture."""
    parser = argparse.ArgumentParser()
    kinds = parser.add_subparsers(required=True)
    screen = kinds.add_parser("terminal")
    screen.add_argument("file", type=Path)
    screen.add_argument("--lines", type=int, default=30)
    screen.add_argument("--in", dest="directory", type=Path, default=Path())
    screen.add_argument("argv", nargs="+")
    screen.set_defaults(take=terminal)
    page = kinds.add_parser("report")
    page.add_argument("file", type=Path)
    page.add_argument("--page", type=Path, required=True)
    page.add_argument("--width", type=int, default=1200)
    page.add_argument("--height", type=int, default=1240)
    page.set_defaults(take=report)
    options = parser.parse_args()
    code: int = options.take(options)
    print(f"{options.file}: {options.file.stat().st_size} bytes")  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main())
