"""Pictures of a terminal in which a command really ran, for README.md.

    python -m tests.pictures FILE.svg [--lines N] [--title TEXT] -- COMMAND…

The command runs in a terminal of 100 columns; what that shows at the end is drawn, its last lines at most.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import shlex
import struct
import subprocess
import sys
import termios
from itertools import groupby
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

COLUMNS, HISTORY = 100, 400
COLOURS = {"brown": "yellow"}


def run(argv: list[str]) -> tuple[list[Text], int]:
    """Run a command in a terminal; returns the lines that it leaves there, and its exit code."""
    screen = pyte.Screen(COLUMNS, HISTORY)
    stream = pyte.ByteStream(screen)
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR"}}
    with subprocess.Popen(
        argv, stdin=child, stdout=child, stderr=child, env={**environment, "TERM": "xterm-256color"}
    ) as process:
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


def draw(command: str, lines: list[Text], title: str) -> str:
    """The picture, as SVG."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text(f"$ {command}", Style(bold=True)))
        for line in lines:
            console.print(line, no_wrap=True, overflow="crop")
    return console.export_svg(title=title)


def main() -> int:
    """Run a command and draw it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--lines", type=int, default=30)
    parser.add_argument("--title", default="")
    parser.add_argument("argv", nargs="+")
    options = parser.parse_args()
    lines, code = run(options.argv)
    command = shlex.join(options.argv)
    options.file.write_text(draw(command, lines[-options.lines :], options.title or command), encoding="utf-8")
    print(f"{options.file}: {len(lines)} lines, exit code {code}")  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main())
