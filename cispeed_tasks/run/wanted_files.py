"""Which folders and texts of the checkout a project's plans need, by its config and its Compose model."""

from __future__ import annotations

import os

from cispeed_tasks.config import LoadedConfig
from cispeed_tasks.model import Stack
from cispeed_tasks.plan.places import in_directory
from cispeed_tasks.plan.services import in_checkout, is_remote
from cispeed_tasks.run.checkout_questions import Questions, search
from cispeed_tasks.tools import context

LOCKS = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")


def questions(loaded: LoadedConfig, stack: Stack) -> Questions:
    """What the plans will ask of the checkout."""
    root, config = loaded.root, loaded.config
    folders: set[str] = set()
    wanted: set[str] = set()
    for section in config.bases.values():
        wanted.add(in_directory(root / section.context, section.dockerfile))
    for service_config in config.services.values():
        wanted |= {in_directory(root, service_config.dockerfile)} if service_config.dockerfile else set()
        folders |= {in_directory(root, service_config.source)} if service_config.source else set()
    for service in stack.services.values():
        if service.build and not is_remote(service.build.context):
            wanted.add(in_directory(service.build.context, service.build.dockerfile))
            folders.add(service.build.context)
        binds = (mount.source for mount in service.mounts if mount.type == "bind" and in_checkout(mount.source, root))
        folders |= {str(source) for source in binds}
    tests = _test_folders(loaded)
    folders |= set(tests)
    wanted |= {f"{path}/{name}" for path in tests for name in LOCKS}
    wanted |= {in_directory(root, config.playwright.dockerfile)} if config.playwright.dockerfile else set()
    ignores = _ignore_files(loaded, folders, wanted)
    named = (tuple(sorted(folders)), tuple(sorted(wanted)), tuple(sorted(ignores)))
    return Questions(*named) if config.playwright.directory else Questions(*named, str(root), tests)


def _test_folders(loaded: LoadedConfig) -> tuple[str, ...]:
    """Directories that may hold Playwright tests."""
    directory = loaded.config.playwright.directory
    return (in_directory(loaded.root, directory),) if directory else search(str(loaded.root))


def _ignore_files(loaded: LoadedConfig, folders: set[str], wanted: set[str]) -> set[str]:
    root, config = loaded.root, loaded.config
    contexts = {str(root), *(name for name in folders if os.path.isdir(name))}  # noqa: PTH112  # there may be thousands
    contexts |= {in_directory(root, base.context) for base in config.bases.values()}
    contexts |= {in_directory(root, section.context) for section in config.services.values() if section.context}
    return {f"{path}/{context.IGNORE_FILE}" for path in contexts} | {f"{path}{context.IGNORE_FILE}" for path in wanted}
