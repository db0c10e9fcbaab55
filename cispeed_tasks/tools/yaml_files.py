"""YAML text becomes data, as js-yaml 4.1.0 reads it, and every value keeps its place in the text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)
from yaml.scanner import ScannerError
from yaml.tokens import ScalarToken

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.tools.yaml_scalars import SCALAR_TAGS, NotOfTypeError, key_text, read_plain
