"""Case: a row in a table of functions, with all that is asked of one of PyGrad's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.testing.gradients import check_gradients
from pygrad.variable import Variable

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """A row in a table of functions: what one of them computes, at which point.

    Parameters
    ----------
    function : callable
        PyGrad's function, of Variables.
    reference : callable
        The same of plain arrays, by NumPy or written out. If it is a function of NumPy's own, it is
        also called with Variables, which must come to the same.
    inputs : sequence of array_like
        The point: away from kinks, since it is compared with finite differences.
    kwargs : mapping
        Arguments for both.
    elementwise : bool
        Whether the operands broadcast, and any shape will do: then 0-d, empty and broadcast
        operands are tried as well.
    order : {1, 2}
        The highest derivative to check.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> from pygrad.testing import Case
    >>> Case(F.exp, np.exp, [[0.1, 0.2]], elementwise=True).check()
    """

    function: Callable[..., Any]
    reference: Callable[..., Any]
    inputs: Sequence[ArrayLike]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    elementwise: bool = False
    order: int = 2

    def check(self) -> None:
        """Run every check; an AssertionError says which one failed."""
        arrays = [np.asarray(x) for x in self.inputs]
        self._check_that_inputs_stay(arrays)
        self._check_values(arrays)
        self._check_single_precision(arrays)
        self._check_both_passes(arrays)
        # the point in single precision, which is checked as exactly, and in its own precision too
        check_gradients(self._called, [_narrow(x) for x in arrays], self.order)
        self._check_strides(arrays)
        if self.elementwise:
            self._check_shapes(arrays)
        if getattr(self.reference, "__module__", "").startswith("numpy") or isinstance(
            self.reference, np.ufunc
        ):
            self._check_through_numpy(arrays)

    def _called(self, *xs: Any) -> Any:
        y = self.function(*xs, **self.kwargs)
        return y if isinstance(y, Variable) else _joined(y)

    def _expected(self, arrays: Sequence[Any]) -> Any:
        y = self.reference(*arrays, **self.kwargs)
        return np.concatenate([np.ravel(a) for a in y]) if isinstance(y, list | tuple) else y

    def _check_values(self, arrays: Sequence[Any]) -> None:
        y = self._called(*map(Variable, arrays))
        expected = np.asarray(self._expected(arrays))
        assert y.shape == expected.shape, f"shape {y.shape}, expected {expected.shape}"
        assert y.dtype == expected.dtype, f"dtype {y.dtype}, expected {expected.dtype}"
        np.testing.assert_allclose(y.data, expected, rtol=1e-12, atol=1e-12)
        of_arrays = self._called(*arrays)
        assert isinstance(of_arrays, Variable), "a function must return a Variable"
        assert not of_arrays.requires_grad, "what is computed from arrays is a constant"
        np.testing.assert_array_equal(of_arrays.data, y.data)

    def _check_that_inputs_stay(self, arrays: Sequence[Any]) -> None:
        before = [x.copy() for x in arrays]
        y = self._called(*map(Variable, arrays))
        y.backward(np.ones_like(y.data))
        for x, was in zip(arrays, before, strict=True):
            np.testing.assert_array_equal(x, was, err_msg="an input was changed")

    def _check_single_precision(self, arrays: Sequence[Any]) -> None:
        xs = [Variable(_narrow(x)) for x in arrays]
        if all(x.dtype == a.dtype for x, a in zip(xs, arrays, strict=True)):
            return
        y = self._called(*xs)
        expected = _narrow(np.asarray(self._expected(arrays))).dtype
        assert y.dtype == expected, f"{xs[0].dtype} in, {y.dtype} out, expected {expected}"
        y.backward(np.ones_like(y.data))
        for x in xs:
            if x.dtype.kind in "fc" and x.grad is not None:
                assert x.grad.dtype == x.dtype, f"a {x.dtype} leaf got a {x.grad.dtype} gradient"

    def _check_strides(self, arrays: Sequence[Any]) -> None:
        """Arrays that do not lie in memory as they are read come to the same."""
        strided = [np.asfortranarray(x[..., ::-1])[..., ::-1] if x.ndim else x for x in arrays]
        self._check_values(strided)
        found = self._gradients(strided, create_graph=False)
        for a, b in zip(found, self._gradients(arrays, create_graph=False), strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)

    def _check_both_passes(self, arrays: Sequence[Any]) -> None:
        plain = self._gradients(arrays, create_graph=False)
        recorded = self._gradients(arrays, create_graph=True)
        for a, b in zip(plain, recorded, strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)

    def _gradients(self, arrays: Sequence[Any], create_graph: bool) -> list[Any]:
        xs = [Variable(x) for x in arrays]
        y = self._called(*xs)
        y.backward(np.ones_like(y.data), create_graph=create_graph)
        return [None if x.grad is None else x.grad.data for x in xs]

    def _check_shapes(self, arrays: Sequence[Any]) -> None:
        single = [x.reshape(-1)[0] for x in arrays]
        self._check_values(single)
        check_gradients(self._called, single, self.order)
        self._check_values([x.reshape(-1)[:0] for x in arrays])
        if len(arrays) > 1 and arrays[0].ndim:
            for i in range(len(arrays)):
                small = list(arrays)
                small[i] = small[i].reshape(-1)[0].reshape((1,) * (arrays[i].ndim + 1))
                self._check_values(small)
                check_gradients(self._called, small, self.order)

    def _check_through_numpy(self, arrays: Sequence[Any]) -> None:
        xs = [Variable(x) for x in arrays]
        y = self.reference(*xs, **self.kwargs)
        y = y if isinstance(y, Variable) else _joined(y)
        np.testing.assert_allclose(y.data, self._expected(arrays), rtol=1e-12, atol=1e-12)
        assert y.requires_grad, "called through NumPy it lost its graph"
        y.backward(np.ones_like(y.data))
        for x, expected in zip(xs, self._gradients(arrays, create_graph=False), strict=True):
            assert (x.grad is None) == (expected is None)
            if x.grad is not None:
                np.testing.assert_array_equal(x.grad.data, expected)


def _narrow(x: Any) -> Any:
    """In single precision, if it is in double."""
    return x.astype({"d": np.float32, "D": np.complex64}.get(x.dtype.char, x.dtype))


def _joined(parts: Sequence[Any]) -> Variable:
    """Several results as one, so that they are checked together."""
    from pygrad.functions import concatenate

    return concatenate(list(parts), axis=None)
