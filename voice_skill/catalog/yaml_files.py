"""YAML files into typed entries, with every fault collected instead of the first one raised."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import cattrs
import yaml
from cattrs.v import format_exception as describe_exception

from voice_skill.domain import Urgency
from voice_skill.errors import Fault

T = TypeVar("T")
_SafeLoader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _DuplicateKeyError(yaml.MarkedYAMLError):
    pass


class _StrictLoader(_SafeLoader):  # type: ignore[misc]
    """Safe YAML in which a key may stand only once: the second would silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise _DuplicateKeyError(
                    problem=f"'{key_node.value}' stands twice; keep one", problem_mark=key_node.start_mark
                )
            seen.add(key_node.value)
        return dict(super().construct_mapping(node, deep))


def _only(kind: type[T], wanted: str) -> Callable[[Any, Any], T]:
    def hook(value: Any, _: Any) -> T:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise TypeError(f"must be {wanted}, not {value!r}")
        return value

    return hook


def _number(value: Any, _: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"must be a number, not {value!r}")
    return float(value)


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _listed(value: Any, kind: Any) -> Any:
    # Without this a text would be taken for a list of its letters.
    if not isinstance(value, list):
        raise TypeError(f"must be a list (lines that start with '- '), not {value!r}")
    return tuple(_CONVERTER.structure(value, list[get_args(kind)[0]]))  # type: ignore[misc,arg-type]


def _urgency(value: Any, _: Any) -> Urgency:
    if value not in tuple(Urgency) or isinstance(value, bool):
        raise TypeError(f"must be 2 (see a doctor), 3 (today) or 4 (emergency), not {value!r}")
    return Urgency(value)


def _strict_converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, _only(str, "text in quotes"))
    converter.register_structure_hook(bool, _only(bool, "true or false"))
    converter.register_structure_hook(int, _only(int, "a whole number"))
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(date, _only(date, "a date such as 2026-11-23"))
    converter.register_structure_hook(Urgency, _urgency)
    converter.register_structure_hook_func(_is_tuple, _listed)
    return converter


_CONVERTER = _strict_converter()


def read_entries(path: Path, shown_as: str, kind: type[T], faults: list[Fault]) -> T | None:
    """The content of one YAML file as `kind`; None, with the reasons added to `faults`, when it cannot be."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except (OSError, UnicodeDecodeError):
        faults.append(Fault(shown_as, "", "cannot be read; put the file back as UTF-8 text"))
    except yaml.MarkedYAMLError as exc:
        line = f"line {exc.problem_mark.line + 1}" if exc.problem_mark else ""
        faults.append(Fault(shown_as, line, f"is not YAML: {exc.problem}"))
    except (yaml.YAMLError, ValueError, TypeError) as exc:  # a control character, an impossible date, a list as a key
        faults.append(Fault(shown_as, "", f"is not YAML that can be used: {str(exc).splitlines()[0]}"))
    else:
        return _structured(data, shown_as, kind, faults)
    return None


def _structured(data: Any, shown_as: str, kind: type[T], faults: list[Fault]) -> T | None:
    try:
        return _CONVERTER.structure(data, kind)
    except Exception as exc:  # cattrs raises groups of whatever its hooks raise; transform_error reads them all
        for message in cattrs.transform_error(exc, path="$", format_exception=_reason):
            reason, _, where = message.rpartition(" @ ")
            faults.append(Fault(shown_as, _key(where), reason))
        return None


def _reason(exc: BaseException, kind: type | None) -> str:
    if isinstance(exc, TypeError) and str(exc).startswith("must be"):
        return str(exc)
    return describe_exception(exc, kind)


def _key(path: str) -> str:
    """`$['a.b'].say[0]` as authors write it: `a.b.say[0]`."""
    return re.sub(r"\['([^']*)'\]", r".\1", path).removeprefix("$").lstrip(".")
