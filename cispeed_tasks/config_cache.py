"""What the types of `cache:` cannot say: which keys belong to which kind of cache, and which it cannot do without."""

from __future__ import annotations

from cispeed_tasks.config_schema import CacheConfig, CacheEnvironments, Config

KEYS = {
    "auto": frozenset({"mode", "write"}),
    "none": frozenset[str](),
    "local": frozenset({"dest", "mode", "compression", "write"}),
    "registry": frozenset({"ref", "mode", "compression", "write"}),
    "gha": frozenset({"scope", "mode", "write"}),
    "inline": frozenset({"write"}),
    "s3": frozenset({"bucket", "region", "prefix", "endpoint_url", "mode", "compression", "write"}),
}
NO_REGISTRY = "needs to know where caches go: write `registry: ghcr.io/ORGANISATION/REPOSITORY`"


def caches(config: Config) -> dict[str, CacheConfig]:
    """The cache of each environment that the config names one for, by the key's word."""
    chosen = config.cache
    if isinstance(chosen, str):
        return {"local": CacheConfig(type=chosen), "ci": CacheConfig(type=chosen)}
    named = {key: getattr(chosen, key.replace("-", "_")) for key in ("local", "ci", "main", "pull-request")}
    return {
        key: CacheConfig(type=value) if isinstance(value, str) else value
        for key, value in named.items()
        if value is not None
    }


def cache_faults(config: Config) -> list[tuple[tuple[str, ...], str]]:
    """Every fault of `cache:`, with the place of its value."""
    is_mapping = isinstance(config.cache, CacheEnvironments)
    faults = []
    for environment, cache in caches(config).items():
        place = ("cache", environment) if is_mapping else ("cache",)
        given = sorted(cache.model_fields_set - {"type"} - KEYS[cache.type])
        faults += [((*place, key.replace("_", "-")), _foreign(cache.type)) for key in given]
        if cache.type in {"registry", "inline"} and not (cache.ref or config.registry):
            here = ", or `ref:` here" if is_mapping and cache.type == "registry" else ""
            faults.append((place, f"'{cache.type}' {NO_REGISTRY}{here}"))
        faults += [
            (place, f"the key '{key}' is missing")
            for key in ("bucket", "region")
            if cache.type == "s3" and getattr(cache, key) is None
        ]
    return list(dict.fromkeys(faults))


def cache_mount_faults(config: Config) -> list[tuple[tuple[str, ...], str]]:
    """Every fault of `cache-mounts:` that its types cannot say, with the place of its value."""
    section = config.cache_mounts
    faults: list[tuple[tuple[str, ...], str]] = []
    if section.registry and section.directory:
        faults.append((("cache-mounts", "registry"), "and a directory cannot both keep cache mounts: name one of them"))
    both = sorted(set(section.keep) & set(section.drop))
    return faults + [(("cache-mounts", "drop"), f"'{name}' is also under `keep:`; name it once") for name in both]


def _foreign(kind: str) -> str:
    known = ", ".join(sorted(key.replace("_", "-") for key in KEYS[kind]))
    return f"is no key of a cache of type {kind}{f', which has: {known}' if known else ''}"
