"""Finds the extensions that the configuration names; whatever is wrong with one keeps the node from starting."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from constellation.extensions import API_VERSION, GROUP, Extension
from constellation.node.config import ConfigurationError
from constellation.node.extensions.config import ExtensionsSection
from constellation.node.extensions.words import words_of


@dataclass(frozen=True, slots=True)
class LoadedExtension:
    """One that is on.

    Attributes:
        name: of the entry point.
        extension: as it was made.
    """

    name: str
    extension: Extension


def load_extensions(section: ExtensionsSection) -> list[LoadedExtension]:
    """The extensions that are on, as the configuration orders them.

    Raises:
        ConfigurationError: one is not installed, is installed twice, fails, or is made for another version.
    """
    return [LoadedExtension(name, _make(_find(name), section)) for name in section.on]


def _find(name: str) -> EntryPoint:
    installed = entry_points(group=GROUP)
    found = {entry.value: entry for entry in installed if entry.name == name}
    if not found:
        others = ", ".join(sorted({entry.name for entry in installed})) or "none"
        raise ConfigurationError(f"extensions.on: {name} is not installed; installed are: {others}")
    if len(found) > 1:
        raise ConfigurationError(f"extensions.on: {name} is ambiguous: {' and '.join(sorted(found))}")
    return next(iter(found.values()))


def _make(entry: EntryPoint, section: ExtensionsSection) -> Extension:
    try:
        make: Callable[..., Any] = entry.load()
        made = make(dict(section.options.get(entry.name, {})))
    except Exception as error:
        raise ConfigurationError(f"extensions.on: {entry.name} cannot be started: {words_of(error)}") from error
    if not isinstance(made, Extension):
        raise ConfigurationError(f"extensions.on: {entry.name} made a {type(made).__name__}, not an Extension")
    if made.api_version != API_VERSION:
        raise ConfigurationError(
            f"extensions.on: {entry.name} is for version {made.api_version} of the types; this node has {API_VERSION}"
        )
    _check_hooks(entry.name, made)
    return made


def _check_hooks(name: str, made: Extension) -> None:
    hooks = ((made.admission, "admit"), (made.observer, "certified"), (made.cosigning, "refusals"))
    there = [(hook, method) for hook, method in hooks if hook is not None]
    if not there:
        raise ConfigurationError(f"extensions.on: {name} has no hook")
    for hook, method in there:
        if not callable(getattr(hook, method, None)):
            raise ConfigurationError(f"extensions.on: {name}: a {type(hook).__name__} has no method {method}")
