"""Thrift's compact protocol, in which Parquet writes its metadata: as much of it as is needed.

A struct is a row of fields: a byte with the type and how far the field's number is from the one
before it, then the value; a zero byte ends it. Integers take 7 bits a byte, the lowest first.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Fields", "read_struct"]

Fields = dict[int, Any]

DEEPEST = 16
TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
INTEGERS = (4, 5, 6)


def read_struct(data: bytes, position: int = 0, deep: int = DEEPEST) -> tuple[Fields, int]:
    """The fields of a struct by number, and where it ends.

    Integers are ints, structs are dicts, lists are lists; all else is None.

    Raises
    ------
    IndexError
        If the data end before the struct does, or a number is too long.
    KeyError
        If there is a type that Parquet does not use, or structs are nested too deep.
    """
    if not deep:
        raise KeyError("structs in structs in structs")
    fields: Fields = {}
    field = 0
    while (byte := data[position]) != 0:
        position += 1
        kind, step = byte & 15, byte >> 4
        if step:
            field += step
        else:
            field, position = _integer(data, position)
        if kind in (TRUE, FALSE):  # the type is the value
            fields[field] = None
        else:
            fields[field], position = _value(data, position, kind, deep)
    return fields, position + 1


def _value(data: bytes, position: int, kind: int, deep: int) -> tuple[Any, int]:
    if kind in INTEGERS:
        return _integer(data, position)
    if kind in (TRUE, FALSE, BYTE):  # a truth value in a list has a byte of its own
        return None, position + 1
    if kind == DOUBLE:
        return None, position + 8
    if kind == BINARY:
        length, position = _varint(data, position)
        return None, position + length
    if kind in (LIST, SET):
        return _list(data, position, deep - 1)
    if kind == STRUCT:
        return read_struct(data, position, deep - 1)
    raise KeyError(kind)


def _list(data: bytes, position: int, deep: int) -> tuple[list[Any], int]:
    byte = data[position]
    position += 1
    kind, count = byte & 15, byte >> 4
    if count == 15:
        count, position = _varint(data, position)
    if count > len(data) - position:  # an entry takes a byte or more
        raise IndexError(count)
    values = []
    for _ in range(count):
        value, position = _value(data, position, kind, deep)
        values.append(value)
    return values, position


def _integer(data: bytes, position: int) -> tuple[int, int]:
    coded, position = _varint(data, position)
    return (coded >> 1) ^ -(coded & 1), position  # the sign is the lowest bit


def _varint(data: bytes, position: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[position]
        position += 1
        result |= (byte & 127) << shift
        if byte < 128:
            return result, position
        shift += 7
        if shift > 63:
            raise IndexError(shift)
