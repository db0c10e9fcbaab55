"""The variables that the instructions of a stage see, from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction, Stage
from cispeed_tasks.plan.dockerfile_variables import PREDEFINED
from cispeed_tasks.plan.dockerfile_words import SPACE, Uncertain, expand_word, key_values


@dataclass
class Scope:
    """What is known of the variables at one place in a stage; `None` stands for a value that is not known."""

    dockerfile: Dockerfile
    args: Mapping[str, str | None]
    on_outside_image: bool = False
    """An image that is not built here may set any variable."""
    values: dict[str, str | None] = field(default_factory=dict)
    set_by_env: set[str] = field(default_factory=set)
    is_lost: bool = False
    """An instruction that sets variables could not be read."""

    def value(self, name: str) -> str | None:
        """The value of a variable, or None where it is not set; raises Uncertain."""
        value = self.values.get(name)
        if value is None and (self.is_lost or self.on_outside_image or name in self.values):
            raise Uncertain(f"the value of {name} is not known")
        return value

    def expand(self, text: str) -> str:
        """A word with its variables filled in; raises Uncertain."""
        return expand_word(text, self.value, self.dockerfile.escape)

    def run(self, instruction: Instruction) -> None:
        """Take over what an instruction sets."""
        try:
            if instruction.keyword == "ENV":
                self._env(instruction.rest)
            if instruction.keyword == "ARG":
                self._arg(instruction.rest)
        except Uncertain:
            self.is_lost = True

    def _env(self, rest: str) -> None:
        pairs = key_values(rest, self.dockerfile.escape)
        if pairs and pairs[0][1] is None:
            # The old form, `ENV KEY the whole rest`.
            key, *value = SPACE.split(rest, maxsplit=1)
            pairs = [(key, "".join(value))]
        found = {self.expand(key): self._known(value or "") for key, value in pairs}
        self.values |= found
        self.set_by_env |= found.keys()

    def _arg(self, rest: str) -> None:
        for name, default in key_values(rest, self.dockerfile.escape):
            if not name.isidentifier():
                raise Uncertain("an ARG has an unusual name")
            if name in self.args:
                self._set_arg(name, self.args[name])
            elif default is not None:
                self._set_arg(name, self._known(default))
            elif name in self.dockerfile.global_args or name in PREDEFINED or name == "TARGETSTAGE":
                self._set_arg(name, self.dockerfile.global_args.get(name))

    def _set_arg(self, name: str, value: str | None) -> None:
        # Frontends have not always agreed on which of the two wins.
        is_contested = name in self.set_by_env and self.values[name] != value
        self.values[name] = None if is_contested else value

    def _known(self, text: str) -> str | None:
        try:
            return self.expand(text)
        except Uncertain:
            return None


def scope_before(dockerfile: Dockerfile, stage: Stage, args: Mapping[str, str | None]) -> Scope:
    """What the first instruction of a stage sees: everything that the stages set on which it stands."""
    parent = dockerfile.parent(stage)
    if parent is None:
        # The engine adds a PATH to an image that has none.
        return Scope(dockerfile, args, on_outside_image=stage.base != "scratch", values={"PATH": None})
    scope = scope_before(dockerfile, parent, args)
    for instruction in parent.instructions:
        scope.run(instruction)
    return scope
