"""Generated build contexts: files, links, ignore files, and Dockerfiles that copy them in many forms."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from cispeed_tasks.plan.ignore_patterns import read_ignore_file

LINES = 6
DOCUMENT = "COPY . /\n"
DIRECTORIES = ["a", "a/b", "a/b/c", "b", "b/a", ".d", ".d/src", "src", "src/a", "src/b/a"]
STEMS = ["a", "b", ".h", "f g", "*", "[z]", "é"]
WILD = ["*", "**", "a*", "?*", "[ab]*", "[^a]*", "*.py", "*.md", ".*", "src", "b", "**/*.py", "*/a", "[a-s]*/*", "s?c"]
IGNORED = [
    *WILD,
    "**/a",
    "**/*.md",
    "a/b",
    "b/**",
    "*/b",
    "**/.h*",
    r"\a*",
    "src/a/..",
    "./a//b/",
    "/src",
    "**b",
    "a**",
    ".",
]


@dataclass
class Case:
    """A context, and a Dockerfile whose stages s0, s1 … copy one thing each."""

    ignore: str
    files: list[str]
    links: dict[str, str] = field(default_factory=dict)
    ignore_name: str = ".dockerignore"
    stages: list[str] = field(default_factory=list)

    def dockerfile(self) -> str:
        stages = [f"FROM scratch AS s{i}\nWORKDIR /out\n{text}\n" for i, text in enumerate(self.stages)]
        collected = [f"COPY --from=s{i} /out /{i}/" for i in range(len(self.stages))]
        return "\n".join([*stages, "FROM scratch", *collected, ""])

    def write(self, root: Path) -> None:
        for name in self.files:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(name)
        for name, link in self.links.items():
            (root / name).symlink_to(link)
        (root / "Dockerfile").write_text(self.dockerfile())
        (root / self.ignore_name).write_text(self.ignore)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    case = Case(draw(ignore_texts()), [])
    for number in range(draw(st.integers(2, 12))):
        place, stem = draw(st.sampled_from(["", *DIRECTORIES])), draw(st.sampled_from(STEMS))
        # A name of its own for each file, so that none covers another in the image.
        case.files.append(posixpath.join(place, f"{stem}{number}{draw(st.sampled_from(['', '.py', '.md']))}"))
    case.ignore_name = draw(st.sampled_from([".dockerignore", ".dockerignore", "Dockerfile.dockerignore"]))
    for number in range(draw(st.integers(0, 3))):
        add_link(case, number, draw)
    paths = kept(case)
    case.stages = [draw(stages(paths)) for _ in range(LINES)]
    return case


@st.composite
def ignore_texts(draw: st.DrawFn) -> str:
    signs = st.sampled_from(["", "", "", "!", "! ", "#", " "])
    lines = [draw(signs) + draw(st.sampled_from(IGNORED)) for _ in range(draw(st.integers(0, 5)))]
    return draw(st.sampled_from(["", "", "\ufeff"])) + draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def add_link(case: Case, number: int, draw: st.DrawFn) -> None:
    """A link whose text is like no other's, to something that the engine is sent: elsewise no build comes to an end."""
    paths = kept(case)
    if not paths:
        return
    place = draw(st.sampled_from(sorted({"", *(posixpath.dirname(path) for path in paths)})))
    target, here = draw(st.sampled_from(paths)), "./" * (number + 1)
    absolute = draw(st.booleans())
    case.links[posixpath.join(place, f"l{number}")] = (
        f"/{here}{target}" if absolute else here + posixpath.relpath(target, place or ".")
    )


def kept(case: Case) -> list[str]:
    """The paths that can be named in a source, of those that the ignore file lets through."""
    ignore = read_ignore_file(case.ignore)
    paths = [path for path in (*case.files, *case.links) if not ignore.excludes(path)]
    above = {posixpath.dirname(path) for path in paths} - {""}
    return sorted(path for path in {*paths, *above} if not set(path) & set("*["))


@st.composite
def stages(draw: st.DrawFn, paths: list[str]) -> str:
    """The lines of a stage: a COPY or ADD in one of its forms."""
    source = draw(sources(paths))
    keyword = draw(st.sampled_from(["COPY", "COPY", "ADD", "COPY --link", "COPY --chmod=755"]))
    for pattern in (
        draw(st.lists(st.sampled_from([*IGNORED, "!a*", "!**/*.py"]), max_size=2)) if draw(st.booleans()) else []
    ):
        keyword += f" --exclude={pattern}" if pattern != "." else ""
    form = draw(st.sampled_from(["plain", "json", "variable", "environment"]))
    if form == "json" or " " in source:
        return f"{keyword} {json.dumps([source, 'gone*', '/out/'])}"
    if form == "variable":
        return f"ARG V='{source}'\n{keyword} ${{V}} <<EOF /out/\n{DOCUMENT}EOF"
    if form == "environment":
        return f"ENV V={source[:1]} W=x\n{keyword} ${{V}}{source[1:]} no*such /out/"
    return f"{keyword} \\\n  # why\n  {source} /out/"


@st.composite
def sources(draw: st.DrawFn, paths: list[str]) -> str:
    kind = draw(st.sampled_from(["root", "literal", "literal", "wild", "wild", "wild"]))
    if kind == "root":
        return draw(st.sampled_from([".", "./", "/", "..", "*", "**"]))
    if kind == "literal" and paths:
        prefix, suffix = (
            draw(st.sampled_from(["", "", "/", "./", "../", "a/../"])),
            draw(st.sampled_from(["", "", "/", "/."])),
        )
        return prefix + draw(st.sampled_from(paths)) + suffix
    components = draw(st.sampled_from(paths or ["x"])).split("/")
    position = draw(st.integers(0, len(components) - 1))
    # Behind a directory that is named something has to match: the engine refuses one that it was not sent.
    components[position] = draw(st.sampled_from(["*", "**", "?*", "[^~]*"] if position else WILD))
    return "/".join(components)
