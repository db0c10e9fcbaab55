"""Rules about the installs themselves: no cache mount, lists of packages left behind, a lock file that is not used."""

from __future__ import annotations

from collections.abc import Iterator

from cispeed_tasks.plan.cache_mounts import CACHES
from cispeed_tasks.plan.dockerfile_steps import Step
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.finding import Finding
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.findings_order import shortened
from cispeed_tasks.plan.install_needs import Read, lock_is_current
from cispeed_tasks.plan.installs import Install, find_installs, updates_lists
from cispeed_tasks.plan.source_copies import reader

CI_OPTIONS = frozenset(
    [
        "--production",
        "--legacy-peer-deps",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-optional",
        "--prefer-offline",
        "--quiet",
        "--silent",
        "--verbose",
        "--omit=dev",
        "--omit=optional",
        "--include=dev",
        "--only=production",
        "--only=prod",
        "--no-progress",
        "--unsafe-perm",
        "--no-update-notifier",
        "--progress=false",
        "--audit=false",
        "--fund=false",
        "--loglevel=error",
        "--loglevel=warn",
    ]  # a line of options as they are typed
)


def no_cache_mount(build: SeenBuild) -> Iterator[Finding]:
    """An install downloads everything again whenever its layer is built again."""
    for step in build.steps():
        managers = dict.fromkeys(i.manager for i in find_installs(step.commands) if i.manager in CACHES)
        if not managers or step.has_cache:
            continue
        names = " and ".join(managers)
        text = f"{names}: no cache mount, so that all is downloaded again when this step is built again"
        yield build.finding(step.instruction.line, "no-cache-mount", text, _mount_advice(step, tuple(managers)))


def _mount_advice(step: Step, managers: tuple[str, ...]) -> str:
    flags = []
    for name in managers:
        try:
            places = CACHES[name].mounts(step.values)
        except Uncertain as reason:
            return f"a cache mount, once this is changed: {reason}"
        if not step.is_root and name != "apt":
            return (
                f"a cache mount where the user {step.user} keeps what {name} downloads, with uid= and gid= of that user"
            )
        flags += [f"--mount=type=cache,target={place}" for place in places]
    return f"RUN {' '.join(flags)} …"


def lists_left(build: SeenBuild) -> Iterator[Finding]:
    """The layer of an image keeps apt's lists of packages."""
    for stage in build.final_stages:
        for step in build.steps_of(stage):
            is_left = updates_lists(step.commands) and not step.has_cache and not removes_lists(step)
            if is_left:
                text = "apt's lists of packages stay in the image"
                advice = "a cache mount on /var/lib/apt/lists, or end the same RUN with: rm -rf /var/lib/apt/lists/*"
                yield build.finding(step.instruction.line, "apt-lists-in-image", text, advice)


def removes_lists(step: Step) -> bool:
    """Whether a RUN takes away the lists that it fetched."""
    words = (word.text for command in step.commands if command.name in {"rm", "find"} for word in command.argv)
    cleans = any(
        command.name == "apt-get" and "dist-clean" in command.text.replace("distclean", "dist-clean")
        for command in step.commands
    )
    return cleans or any(word.startswith("/var/lib/apt") for word in words)


def npm_install_with_lock(build: SeenBuild) -> Iterator[Finding]:
    """`npm install` stands where a lock file lies."""
    for step in build.steps():
        for install in find_installs(step.commands):
            read = reader(build, step)
            if is_npm_install(install) and read("package-lock.json") is not None:
                yield build.finding(step.instruction.line, "npm-install", *_npm_words(install, read))


def is_npm_install(install: Install) -> bool:
    """Whether it is an `npm install` of the whole project, with no option that `npm ci` does not have."""
    verb = install.verb.text if install.verb else ""
    return (
        install.manager == "npm"
        and not install.is_elsewhere
        and verb in {"install", "i"}
        and all(word.text in CI_OPTIONS for word in install.arguments)
    )


def _npm_words(install: Install, read: Read) -> tuple[str, str]:
    text = f"`{shortened(install.command.text)}` works out versions anew, though package-lock.json names them"
    if lock_is_current(read):
        return text, "npm ci"
    return text, "npm ci, after `npm install` brought package-lock.json up to package.json"
