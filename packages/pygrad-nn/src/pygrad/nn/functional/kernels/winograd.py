"""Winograd's convolution F(4, 3): 3 x 3 kernels with stride 1, a tile of 4 x 4 outputs at a time.

A tile's 36 inputs and the kernel's 9 weights are transformed to 36 numbers each, whose products are
transformed to the 16 outputs: 36 multiplications in place of 144. Each transformation is one matrix
product over all tiles and channels, by the Kronecker square of that for a single axis; the products
are 36 matrix products. The points 0, 1, -1, 1/2, -2 and infinity give a third of the error of the
usual 0, 1, -1, 2, -2.

References: Winograd, "Arithmetic complexity of computations" (1980); Lavin and Gray, "Fast
algorithms for convolutional neural networks", CVPR 2016.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np

from pygrad.nn.functional.geometry import Geometry
from pygrad.nn.functional.kernels.layout import copy_pixels, empty_channels_last, last

__all__ = ["applies", "convolve", "gradients"]

_POINTS = (0.0, 1.0, -1.0, 0.5, -2.0)
# samples are taken together until their tiles times channels reach this: 1.2 MB of the cache
_ENOUGH = 8192


class _Transforms(NamedTuple):
    A: Any  # 16 x 36: products to outputs
    G: Any  # 36 x 9: weights
    B: Any  # 36 x 36: inputs
    one: int  # the product that goes into every output alike, where the bias is added


class _Plan(NamedTuple):
    """How the images of a batch are cut into tiles."""

    tiles: tuple[int, int]
    size: tuple[int, int]  # of the image
    out: tuple[int, int]
    before: tuple[int, int]  # the padding at the top and on the left
    step: int  # samples at a time


def applies(geometry: Geometry, n: int, c: int, o: int, *arrays: Any) -> bool:
    """Whether it is allowed, and takes less time than the products of windows."""
    if not geometry.winograd or geometry.kernel != (3, 3) or min(c, o) < 32:
        return False
    if geometry.groups != 1 or geometry.stride != (1, 1) or geometry.dilation != (1, 1):
        return False
    if any(a is not None and a.dtype != np.float32 for a in arrays):
        return False
    th, tw = _tiles(geometry)
    oh, ow = geometry.out
    return n * th * tw >= 16 and 16 * th * tw <= 2 * oh * ow


def convolve(x: Any, W: Any, b: Any, geometry: Geometry, keep: bool) -> tuple[Any, Any]:
    """The convolution plus b, and the transformed inputs of each block if they are to be kept."""
    t, plan = _transforms(), _plan(geometry, x.shape[1], len(W), len(x))
    n, c, o = len(x), x.shape[1], len(W)
    U = _weights(W, t)
    y = empty_channels_last((n, o, *plan.out), x.dtype)
    rows, kept = last(y), []
    images, patches, D = _inputs(plan, n, c)
    V: Any = None
    M: Any = None
    Y: Any = None
    for i in range(0, n, plan.step):
        b_ = min(plan.step, n - i)
        size = b_ * plan.tiles[0] * plan.tiles[1]
        _take(x[i : i + b_], images, plan)
        if V is None or V.shape[1] != size:  # the first block, and a last one that is shorter
            V, M = np.empty((36, size, c), np.float32), np.empty((36, size, o), np.float32)
            Y, D = np.empty((16, size * o), np.float32), D.reshape(-1)[: 36 * size * c]
        elif keep:
            V = np.empty((36, size, c), np.float32)
        D.reshape(6, 6, b_, *plan.tiles, c)[...] = patches[:, :, :b_]
        np.matmul(t.B, D.reshape(36, -1), out=V.reshape(36, -1))
        np.matmul(V, U, out=M)
        if b is not None:
            M[t.one] += b
        np.matmul(t.A, M.reshape(36, -1), out=Y)
        _put(Y.reshape(4, 4, b_, *plan.tiles, o), rows[i : i + b_])
        kept.append(V)
    return y, kept if keep else None


def gradients(x: Any, W: Any, g: Any, geometry: Geometry, kept: Any = None) -> tuple[Any, Any]:
    """The gradients of x, if there is a W, and of W, if there is an x.

    `kept` is what `convolve` kept; without it the images are transformed again.
    """
    n, o = g.shape[:2]
    c = x.shape[1] if x is not None else W.shape[1]
    t, plan = _transforms(), _plan(geometry, c, o, n)
    gx = gW = None
    if W is not None:
        UT = np.ascontiguousarray(_weights(W, t).transpose(0, 2, 1))
        gx = empty_channels_last((n, c, *plan.size), g.dtype)
    if x is not None:
        gU = np.zeros((36, c, o), np.float32)
        if kept is None:
            images, patches, D = _inputs(plan, n, c)
    gD = np.empty((6 * 6 * plan.step * plan.tiles[0] * plan.tiles[1] * c), np.float32)
    for k, i in enumerate(range(0, n, plan.step)):
        b_ = min(plan.step, n - i)
        size = b_ * plan.tiles[0] * plan.tiles[1]
        gY = _outputs(g[i : i + b_], plan)
        gM = np.matmul(t.A.T, gY).reshape(36, size, o)
        if x is not None:
            if kept is not None:
                V = kept[k]
            else:
                _take(x[i : i + b_], images, plan)
                D = D.reshape(-1)[: 36 * size * c]
                D.reshape(6, 6, b_, *plan.tiles, c)[...] = patches[:, :, :b_]
                V = np.matmul(t.B, D.reshape(36, -1)).reshape(36, size, c)
            gU += np.matmul(V.transpose(0, 2, 1), gM)
        if gx is not None:
            gV = np.matmul(gM, UT).reshape(36, -1)
            part = gD[: 36 * size * c].reshape(36, -1)
            np.matmul(t.B.T, gV, out=part)
            _add_patches(part.reshape(6, 6, b_, *plan.tiles, c), last(gx)[i : i + b_], plan)
    if x is not None:
        weights = np.matmul(t.G.T, gU.reshape(36, -1)).reshape(3, 3, c, o)
        gW = np.ascontiguousarray(weights.transpose(3, 2, 0, 1))
    return gx, gW


@functools.cache
def _transforms() -> _Transforms:
    """Cook and Toom's construction: interpolation through the points."""
    n = len(_POINTS)
    A, G, B = np.zeros((4, n + 1)), np.zeros((n + 1, 3)), np.zeros((n + 1, n + 1))
    whole = np.array([1.0])
    for j, p in enumerate(_POINTS):
        others = np.array([1.0])
        for q in (q for q in _POINTS if q != p):
            others = np.convolve(others, [-q, 1.0])
        A[:, j] = p ** np.arange(4)
        G[j] = p ** np.arange(3) / np.polyval(others[::-1], p)
        B[j, :n] = others
        whole = np.convolve(whole, [-p, 1.0])
    A[3, n], G[n, 2], B[n] = 1, 1, whole
    squares: list[Any] = [np.kron(m, m).astype(np.float32) for m in (A, G, B)]
    one = _POINTS.index(1.0)
    return _Transforms(squares[0], squares[1], squares[2], one * (n + 1) + one)


def _plan(geometry: Geometry, c: int, o: int, n: int) -> _Plan:
    th, tw = _tiles(geometry)
    step = max(1, min(n, _ENOUGH // (th * tw * max(c, o))))
    (top, _), (left, _) = geometry.padding
    h, w = geometry.size
    oh, ow = geometry.out
    return _Plan((th, tw), (h, w), (oh, ow), (top, left), step)


def _tiles(geometry: Geometry) -> tuple[int, int]:
    oh, ow = geometry.out
    return -(-oh // 4), -(-ow // 4)


def _weights(W: Any, t: _Transforms) -> Any:
    """36 x channels in x channels out."""
    o, c = W.shape[:2]
    flat = np.ascontiguousarray(W.transpose(2, 3, 1, 0)).reshape(9, c * o)
    return np.matmul(t.G, flat).reshape(36, c, o)


def _inputs(plan: _Plan, n: int, c: int) -> tuple[Any, Any, Any]:
    """Room for the padded images of a block, its tiles as a view, and room for these."""
    th, tw = plan.tiles
    images = np.zeros((plan.step, 4 * th + 2, 4 * tw + 2, c), np.float32)
    s = images.strides
    shape = (6, 6, plan.step, th, tw, c)
    patches = np.ndarray(shape, np.float32, images, 0, (s[1], s[2], s[0], 4 * s[1], 4 * s[2], s[3]))
    return images, patches, np.empty(36 * plan.step * th * tw * c, np.float32)


def _take(x: Any, images: Any, plan: _Plan) -> None:
    """The images of a block into their padding."""
    (top, left), (h, w) = plan.before, plan.size
    copy_pixels(images[: len(x), top : top + h, left : left + w], last(x))


def _put(tiles: Any, rows: Any) -> None:
    """Tiles, 4 x 4 x samples x tiles x channels, into the outputs; what hangs over is cut off."""
    n, h, w, o = rows.shape
    th, tw = tiles.shape[3:5]
    place = rows
    if (h, w) != (4 * th, 4 * tw):
        place = np.empty((n, 4 * th, 4 * tw, o), np.float32)
    place.reshape(n, th, 4, tw, 4, o)[...] = tiles.transpose(2, 3, 0, 4, 1, 5)
    if place is not rows:
        rows[...] = place[:, :h, :w]


def _outputs(g: Any, plan: _Plan) -> Any:
    """The gradients of the outputs as 16 x (tiles, channels), zeros where a tile hangs over."""
    (h, w), (th, tw) = plan.out, plan.tiles
    n, o = g.shape[:2]
    rows = last(g)
    if (h, w) != (4 * th, 4 * tw) or not rows.flags.c_contiguous:
        rows = np.empty((n, 4 * th, 4 * tw, o), np.float32)
        rows[:, h:] = 0
        rows[:, :, w:] = 0
        copy_pixels(rows[:, :h, :w], last(g))
    return rows.reshape(n, th, 4, tw, 4, o).transpose(2, 4, 0, 1, 3, 5).reshape(16, -1)


def _add_patches(parts: Any, rows: Any, plan: _Plan) -> None:
    """The images whose overlapping tiles are `parts`: 4 x 4 of each are copied, the rims added."""
    (th, tw), n, c = plan.tiles, parts.shape[2], parts.shape[-1]
    images = np.empty((n, 4 * th + 2, 4 * tw + 2, c), np.float32)
    images[:, 4 * th :] = 0
    images[:, :, 4 * tw :] = 0
    s = images.strides
    strides = (s[1], s[2], s[0], 4 * s[1], 4 * s[2], s[3])

    def at(i: int, j: int, a: int, b: int) -> Any:
        shape = (a, b, n, th, tw, c)
        return np.ndarray(shape, np.float32, images, i * s[1] + j * s[2], strides)

    at(0, 0, 4, 4)[...] = parts[:4, :4]
    for i, j, a, b in ((4, 0, 2, 4), (0, 4, 4, 2), (4, 4, 2, 2)):
        place = at(i, j, a, b)
        place += parts[i : i + a, j : j + b]
    (top, left), (h, w) = plan.before, plan.size
    rows[...] = images[:, top : top + h, left : left + w]
