"""Shapes as protocol-buffer types, and data as messages of these types.

CEL checks field names and types only for message types, so every record becomes one. They are
built in memory, per variable, and live as long as the environment that declared the variable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cel_expr_python import cel
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
    struct_pb2,
)
from google.protobuf.message import Message

from amtsweg.kit.expressions.errors import EvaluationError
from amtsweg.kit.expressions.shapes import ANY, BOOL, FLOAT, INT, TEXT, ListOf, MapOf, Record, Shape

_Proto = descriptor_pb2.FieldDescriptorProto
_PROTO_SCALARS = {
    BOOL: _Proto.TYPE_BOOL,
    INT: _Proto.TYPE_INT64,
    FLOAT: _Proto.TYPE_DOUBLE,
    TEXT: _Proto.TYPE_STRING,
}
_CEL_SCALARS = {
    BOOL: cel.Type.BOOL,
    INT: cel.Type.INT,
    FLOAT: cel.Type.DOUBLE,
    TEXT: cel.Type.STRING,
    ANY: cel.Type.DYN,
}
_PYTHON_TYPES: Mapping[Shape, tuple[type, ...]] = {
    BOOL: (bool,),
    INT: (int,),
    FLOAT: (float, int),
    TEXT: (str,),
}
_VALUE = ".google.protobuf.Value"
_STRUCT_FILE = "google/protobuf/struct.proto"
_MAX_DATA_NESTING = 32


@dataclass(frozen=True)
class RecordType:
    """One record's message type: its full name, its path as people write it, its shape."""

    name: str
    path: str
    record: Record


class VariableType:
    """A variable's shape with everything that declares it to CEL and carries its data there."""

    def __init__(self, name: str, shape: Shape) -> None:
        self.name = name
        self.shape = shape
        self.records: dict[str, RecordType] = {}
        self._names: dict[int, str] = {}
        self._classes: dict[str, type[Message]] = {}
        self._file = descriptor_pb2.FileDescriptorProto(
            name=f"{name}.proto",
            package=f"amtsweg_{name}",
            syntax="proto2",
            dependency=[_STRUCT_FILE],
        )
        self.cel_type = self._cel_type(shape)
        # A message built by keyword arguments cannot hold values of unknown type.
        self._direct = not _holds_any(shape)
        self._empty: Message | None = None
        if self.records:
            pool = descriptor_pool.DescriptorPool()
            add_struct(pool)
            self.add_to(pool)
            self._classes = {
                record: message_factory.GetMessageClass(pool.FindMessageTypeByName(record))
                for record in self.records
            }
            self._value_class = message_factory.GetMessageClass(
                pool.FindMessageTypeByName(_VALUE[1:])
            )
            if isinstance(shape, Record):
                self._empty = self._classes[self._names[id(shape)]]()

    def add_to(self, pool: descriptor_pool.DescriptorPool) -> None:
        """Make this variable's record types known to a pool."""
        if self.records:
            pool.AddSerializedFile(self._file.SerializeToString())

    @property
    def empty(self) -> Message | None:
        """The value when there is no data yet: an empty record; None for all other shapes."""
        return self._empty

    def convert(self, data: Any) -> Any:
        """Data as CEL takes it. Raises `EvaluationError` if it does not have this shape.

        Keys that a record does not know are left out: no expression can name them.
        """
        if self._direct and isinstance(self.shape, Record) and isinstance(data, Mapping):
            try:
                return self._classes[self._names[id(self.shape)]](**data)
            except (ValueError, TypeError, OverflowError):
                pass  # the careful way below finds the place, or leaves out unknown keys
        return self._fit(self.shape, data, self.name, inside=False)

    # Declaring

    def _cel_type(self, shape: Shape) -> cel.Type:
        if isinstance(shape, Record):
            return cel.Type(self._declare(shape, self.name))
        if isinstance(shape, ListOf):
            return cel.Type.List(self._cel_type(shape.element))
        if isinstance(shape, MapOf):
            return cel.Type.Map(cel.Type.STRING, self._cel_type(shape.value))
        return _CEL_SCALARS[shape]

    def _declare(self, record: Record, path: str) -> str:
        if id(record) in self._names:
            return self._names[id(record)]
        message = self._file.message_type.add(name=f"R{len(self.records)}")
        full_name = f"{self._file.package}.{message.name}"
        self._names[id(record)] = full_name
        self.records[full_name] = RecordType(full_name, path, record)
        for number, (name, shape) in enumerate(record.fields.items(), start=1):
            field = message.field.add(
                # 19000 to 19999 are reserved by the format
                name=name,
                json_name=name,
                number=number if number < 19_000 else number + 1_000,
                label=_Proto.LABEL_OPTIONAL,
            )
            self._declare_field(message, field, shape, f"{path}.{name}")
        return full_name

    def _declare_field(
        self,
        message: descriptor_pb2.DescriptorProto,
        field: descriptor_pb2.FieldDescriptorProto,
        shape: Shape,
        path: str,
    ) -> None:
        if isinstance(shape, ListOf):
            field.label = _Proto.LABEL_REPEATED
            shape = _single(shape.element)
        if isinstance(shape, MapOf):
            field.label = _Proto.LABEL_REPEATED
            entry = message.nested_type.add(name=_entry_name(field.name))
            entry.options.map_entry = True
            entry.field.add(
                name="key", number=1, label=_Proto.LABEL_OPTIONAL, type=_Proto.TYPE_STRING
            )
            value = entry.field.add(name="value", number=2, label=_Proto.LABEL_OPTIONAL)
            self._declare_field(entry, value, _single(shape.value), path)
            field.type = _Proto.TYPE_MESSAGE
            field.type_name = f".{self._file.package}.{message.name}.{entry.name}"
        elif isinstance(shape, Record):
            field.type = _Proto.TYPE_MESSAGE
            field.type_name = f".{self._declare(shape, path)}"
        elif shape in _PROTO_SCALARS:
            field.type = _PROTO_SCALARS[shape]
        else:
            field.type = _Proto.TYPE_MESSAGE
            field.type_name = _VALUE

    # Carrying data

    def _fit(self, shape: Shape, data: Any, path: str, *, inside: bool) -> Any:
        """Data in the form of a shape; `inside` a record, unknown types become messages too."""
        if isinstance(shape, Record):
            given = _mapping(data, path)
            values = {
                name: self._fit(part, given[name], f"{path}.{name}", inside=True)
                for name, part in shape.fields.items()
                if given.get(name) is not None
            }
            return self._classes[self._names[id(shape)]](**values)
        if isinstance(shape, ListOf):
            element = _single(shape.element) if inside else shape.element
            return [self._fit(element, one, path, inside=inside) for one in _sequence(data, path)]
        if isinstance(shape, MapOf):
            value = _single(shape.value) if inside else shape.value
            return {
                _text(key, path): self._fit(value, one, path, inside=inside)
                for key, one in _mapping(data, path).items()
            }
        if shape != ANY:
            return _scalar(shape, data, path)
        known = _plain(data, path, 0)
        return json_format.ParseDict(known, self._value_class()) if inside else known


def add_struct(pool: descriptor_pool.DescriptorPool) -> None:
    """Make the well-known types for values of unknown type known to a pool."""
    pool.AddSerializedFile(struct_pb2.DESCRIPTOR.serialized_pb)


def plain(value: Any) -> Any:
    """What CEL gives back as plain data: records become dicts, without their absent fields."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Message):
        if value.DESCRIPTOR.file.name == _STRUCT_FILE:
            return json_format.MessageToDict(value)
        return {field.name: _plain_field(field, part) for field, part in value.ListFields()}
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(part) for part in value]
    raise EvaluationError(
        "The expression gives neither yes or no, a number, text, a list nor a record."
    )


def _plain_field(field: Any, value: Any) -> Any:
    message_type = field.message_type
    if message_type is not None and message_type.GetOptions().map_entry:
        return {key: plain(value[key]) for key in value}
    if not isinstance(value, bool | int | float | str | Message):
        return [plain(part) for part in value]
    return plain(value)


def _holds_any(shape: Shape) -> bool:
    if isinstance(shape, Record):
        return any(_holds_any(part) for part in shape.fields.values())
    if isinstance(shape, ListOf):
        return isinstance(shape.element, ListOf | MapOf) or _holds_any(shape.element)
    if isinstance(shape, MapOf):
        return isinstance(shape.value, ListOf | MapOf) or _holds_any(shape.value)
    return shape == ANY


def _single(shape: Shape) -> Shape:
    """What a list or map inside a record may hold: the format has no list of lists."""
    return ANY if isinstance(shape, ListOf | MapOf) else shape


def _entry_name(field: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in field.split("_")) + "Entry"


def _scalar(shape: Shape, data: Any, path: str) -> Any:
    if shape == INT and isinstance(data, float) and data.is_integer():
        data = int(data)  # to JSON 3.0 is the same as 3
    fits = isinstance(data, _PYTHON_TYPES[shape]) and (shape == BOOL or not isinstance(data, bool))
    if not fits or (shape == INT and not -(2**63) <= cast("int", data) < 2**63):
        raise EvaluationError(f"The value of {path} is not {shape}.")
    if shape == TEXT:
        return _text(data, path)
    return _float(data, path) if shape == FLOAT else data


def _float(data: float, path: str) -> float:
    try:
        return float(data)
    except OverflowError:
        raise EvaluationError(f"The value of {path} is too large.") from None


def _text(data: Any, path: str) -> str:
    if not isinstance(data, str):
        raise EvaluationError(f"The value of {path} is not text.")
    try:
        data.encode()
    except UnicodeEncodeError:
        raise EvaluationError(f"The value of {path} holds a broken character.") from None
    return data


def _mapping(data: Any, path: str) -> Mapping[Any, Any]:
    if not isinstance(data, Mapping):
        raise EvaluationError(f"The value of {path} is not a record.")
    return data


def _sequence(data: Any, path: str) -> Sequence[Any]:
    if not isinstance(data, list | tuple):
        raise EvaluationError(f"The value of {path} is not a list.")
    return data


def _plain(data: Any, path: str, depth: int) -> Any:
    """Data of unknown type, proved to be JSON."""
    if depth > _MAX_DATA_NESTING:
        raise EvaluationError(f"The value of {path} is nested too deeply.")
    if data is None or isinstance(data, bool | float):
        return data
    if isinstance(data, int):
        return _scalar(INT, data, path)
    if isinstance(data, str):
        return _text(data, path)
    if isinstance(data, Mapping):
        return {_text(key, path): _plain(one, path, depth + 1) for key, one in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(one, path, depth + 1) for one in data]
    raise EvaluationError(f"The value of {path} is not plain data.")
