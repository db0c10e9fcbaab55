"""The caches that one target reads and writes, as bake wants them: each target has a name of its own in every cache."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cispeed_tasks.config_schema import CacheConfig
from cispeed_tasks.model import Target
from cispeed_tasks.plan.cache_runner import Runner

LOCAL_DIRECTORY = ".cispeed/cache"
NEW = ".new"
"""What the name of a local cache ends in until the build has ended well; no target's name has a dot."""
TAG_LENGTH = 100


@dataclass(frozen=True)
class Entry:
    """One cache of one target, in BuildKit's words."""

    type: str
    key: str
    """What BuildKit calls its place: ref, scope, name, src or dest."""
    place: str
    more: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The entry as bake's `cache-from` and `cache-to` write it."""
        words = [f"{key}={value}" for key, value in (("type", self.type), (self.key, self.place), *self.more)]
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(words)
        return line.getvalue()


@dataclass(frozen=True)
class TargetCaches:
    """What one target reads, in its order, and writes."""

    reads: tuple[Entry, ...] = ()
    writes: tuple[Entry, ...] = ()


def target_caches(
    cache: CacheConfig, registry: str | None, target: Target, runner: Runner, *, writes: bool
) -> TargetCaches:
    """The caches of one target.

    Args:
        cache: which one was chosen.
        registry: the project's `registry:`.
        target: the one; no other has its name.
        runner: where the build runs.
        writes: whether it is written here.
    """
    if cache.type == "inline":
        # It is a part of the image, which --push puts there.
        pushed = Entry("registry", "ref", f"{(registry or '').rstrip('/')}/{target.subject.lower()}:{target.kind}")
        return TargetCaches((pushed,), (Entry("inline", "mode", "min"),) if writes else ())
    name = target.name
    own, main = branch_name(runner), slug(runner.main)
    order = list(dict.fromkeys([own, main] if own else [main]))
    if cache.type == "local":
        directory = f"{(cache.dest or LOCAL_DIRECTORY).rstrip('/')}/{name}"
        written = _written(cache, Entry("local", "dest", f"{directory}{NEW}"))
        return TargetCaches((Entry("local", "src", directory),), (written,) if writes else ())
    found = tuple(_entry(cache, registry, name, branch) for branch in order)
    return TargetCaches(found, (_written(cache, found[0]),) if writes else ())


def branch_name(runner: Runner) -> str | None:
    """The branch as a part of a cache's name; a fork's branch may be called as the default one, and is not that."""
    if runner.branch is None:
        return None
    own = slug(runner.branch)
    return f"fork-{own}" if runner.environment == "pull-request" and runner.branch == runner.main else own


def slug(branch: str) -> str:
    """A branch's name as a tag may hold it; where letters had to go, a few of its digest keep it apart from others."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", branch)[:TAG_LENGTH]
    return plain if plain == branch else f"{plain}-{hashlib.sha256(branch.encode()).hexdigest()[:8]}"


def _entry(cache: CacheConfig, registry: str | None, name: str, branch: str) -> Entry:
    if cache.type == "registry":
        return Entry("registry", "ref", f"{_repository(cache, registry, name)}:cache-{branch}")
    if cache.type == "gha":
        return Entry("gha", "scope", f"{f'{cache.scope}-' if cache.scope else ''}{name}-{branch}")
    settings = [(key, getattr(cache, key)) for key in ("bucket", "region", "prefix", "endpoint_url")]
    return Entry("s3", "name", f"{name}-{branch}", tuple((key, value) for key, value in settings if value))


def _repository(cache: CacheConfig, registry: str | None, name: str) -> str:
    return f"{(cache.ref or registry or '').rstrip('/')}/{name.lower()}"


def _written(cache: CacheConfig, entry: Entry) -> Entry:
    more = [("mode", cache.mode), ("ignore-error", "true")]
    # One image manifest is what every registry takes, and what a HEAD can be asked for.
    more += [("image-manifest", "true"), ("oci-mediatypes", "true")] if cache.type == "registry" else []
    more += [("compression", cache.compression)] if cache.compression else []
    return Entry(entry.type, entry.key, entry.place, (*entry.more, *more))


def texts(entries: Iterable[Entry]) -> list[str]:
    """Entries as a bake file holds them; what looks like a template of its language is none."""
    return [str(entry).replace("${", "$${").replace("%{", "%%{") for entry in entries]
