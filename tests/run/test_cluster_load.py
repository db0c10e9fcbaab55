"""Which images a user means."""

from __future__ import annotations

from cispeed_tasks.run.cluster_load import chosen_images

SERVICES = {"api": "shop-api:full", "worker": "shop-api:full", "web": "shop-web:full"}


def test_without_words_it_is_all_of_full_mode_and_what_is_preloaded() -> None:
    assert chosen_images((), SERVICES, ["postgres:16"]) == ["shop-api:full", "shop-web:full", "postgres:16"]


def test_words_are_services_or_names_of_images() -> None:
    words = ["web", "redis:7", "web", "shop-web:full", "worker"]
    assert chosen_images(words, SERVICES, ["postgres:16"]) == ["shop-web:full", "redis:7", "shop-api:full"]
