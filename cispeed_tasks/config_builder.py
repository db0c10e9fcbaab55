"""What the types of `builder:` cannot say: which keys a driver needs and which it has no use for."""

from __future__ import annotations

from cispeed_tasks.config_schema import BuilderConfig, Config


def builder_of(config: Config) -> BuilderConfig | None:
    """The builder that the config names; None leaves the choice to buildx."""
    chosen = config.builder
    return BuilderConfig(name=chosen) if isinstance(chosen, str) else chosen


def builder_faults(config: Config) -> list[tuple[tuple[str, ...], str]]:
    """Every fault of `builder:`, with the place of its value."""
    builder = builder_of(config)
    if builder is None:
        return []
    if builder.driver is None:
        given = sorted(builder.model_fields_set - {"name", "driver"})
        return [
            (("builder", key), "needs `driver:` beside it, which says what a builder is created with") for key in given
        ]
    if builder.driver == "remote":
        needed = () if builder.endpoint else ("the key 'endpoint' is missing: the address of the BuildKit to use",)
        useless = [key for key in ("flags", "config") if getattr(builder, key)]
        return [
            *((("builder",), text) for text in needed),
            *((("builder", key), "is no key of a remote builder, whose BuildKit runs already") for key in useless),
        ]
    if builder.driver == "kubernetes" and builder.endpoint:
        return [(("builder", "endpoint"), "is no key of a kubernetes builder: it takes the cluster of your kubeconfig")]
    return []
