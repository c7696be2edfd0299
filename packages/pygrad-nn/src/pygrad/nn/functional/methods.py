"""Which methods a convolution may use: a setting of each thread and task."""

from __future__ import annotations

from contextlib import ContextDecorator
from contextvars import ContextVar
from types import TracebackType

__all__ = ["allows_winograd", "winograd"]

_flag: ContextVar[bool] = ContextVar("pygrad_winograd", default=True)
allows_winograd = _flag.get


class winograd(ContextDecorator):  # noqa: N801  (as no_grad is written)
    """Allow Winograd's method inside, or forbid it: ``with F.winograd(False): ...``.

    Convolutions of float32 images with kernels of 3 x 3, stride 1 and at least 32 channels before
    and after are computed by Winograd's method F(4, 3), with a quarter of the multiplications. It
    takes about half of the time. Its rounding error is some 3e-6 of the largest value, where the
    plain product has 4e-7; and in training it keeps the transformed images for the gradient, which
    take 2.25 times the memory of the images themselves. float64 is never computed so. Without it
    the error is small, and windows are kept only where they are less than 4 MB.

    It is a context manager and a decorator, for its own thread and task. A gradient is computed by
    the method that its forward pass was allowed.

    Parameters
    ----------
    allowed : bool
        Whether the method may be used; outside of all such blocks it may.

    References
    ----------
    Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(2, 32, 16, 16)).astype(np.float32)
    >>> W = rng.normal(size=(32, 32, 3, 3)).astype(np.float32)
    >>> y = F.conv2d(x, W)
    >>> with F.winograd(False):
    ...     exact = F.conv2d(x, W)
    >>> error = abs(y.data - exact.data).max() / abs(exact.data).max()
    >>> bool(0 < error < 1e-5)
    True
    """

    def __init__(self, allowed: bool = True) -> None:
        self.allowed = bool(allowed)
        self._before: list[bool] = []  # a stack, so that one object may be entered twice

    def __enter__(self) -> None:
        self._before.append(_flag.get())
        _flag.set(self.allowed)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _flag.set(self._before.pop())

    def _recreate_cm(self) -> winograd:
        return winograd(self.allowed)  # a decorated function may call itself, or run in threads
