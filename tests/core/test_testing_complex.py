"""The checker on complex numbers: both parts move, and both parts of a result count."""

import numpy as np
import pytest

from pygrad import Function
from pygrad import functions as F
from pygrad.exceptions import GradientError
from pygrad.testing import check_gradients

rng = np.random.default_rng(0)
Z = rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3))


class Cube(Function):
    """y = z**3: holomorphic, so its slope multiplies without a conjugate."""

    def __init__(self, slope):
        self.slope = slope

    def forward(self, z):
        return z**3

    def backward(self, gy):
        (z,) = self.saved
        return self.slope(gy, z)


class SquaredSize(Function):
    """y = |z|**2, which is real; dy = Re(2 conj(z) dz)."""

    def __init__(self, slope):
        self.slope = slope

    def forward(self, z):
        return (z * z.conj()).real

    def backward(self, gy):
        (z,) = self.saved
        return self.slope(gy, z)


def right(gy, z):
    return gy * 3 * z**2


def test_holomorphic_functions_pass_to_the_third_order():
    check_gradients(lambda z: Cube(right)(z), [Z], order=3)
    check_gradients(lambda z: F.exp(z) / z, [Z], order=3)
    check_gradients(lambda z, x: z * x + x * 1j, [Z, Z.real])
    check_gradients(lambda p: {"a": p["z"] @ p["z"].T, "b": [p["z"] - 1j]}, [{"z": Z}])


def test_a_real_function_of_complex_numbers_passes():
    check_gradients(lambda z: SquaredSize(lambda gy, z: 2 * gy * np.conj(z))(z), [Z], order=1)


def test_pygrads_own_functions_of_complex_numbers_pass_to_the_second_order():
    for f in (F.real, F.imag, F.conj, lambda z: F.real(z) * z):
        check_gradients(f, [Z])


def test_complex64_is_checked_in_its_own_precision_too():
    check_gradients(lambda z: F.exp(z) / z, [Z.astype(np.complex64)])


@pytest.mark.parametrize(
    ("slope", "kind"),
    [
        (lambda gy, z: 1.001 * right(gy, z), "a factor: the rule gives 1.001 times"),
        (lambda gy, z: -right(gy, z), "a wrong sign"),
        (lambda gy, z: np.conj(right(gy, z)), "a missing or superfluous conjugate"),
        (lambda gy, z: gy * np.conj(3 * z**2), "finite differences give"),
        (lambda gy, z: np.real(right(gy, z)) + 0j, "finite differences give"),
    ],
)
def test_a_wrong_rule_is_refused(slope, kind):
    with pytest.raises(GradientError, match=kind):
        check_gradients(lambda z: Cube(slope)(z), [Z], order=1)


def test_a_forgotten_conjugate_is_recognised():
    wrong = SquaredSize(lambda gy, z: 2 * gy * z)
    with pytest.raises(GradientError, match="looks like a missing or superfluous conjugate"):
        check_gradients(lambda z: wrong(z), [Z], order=1)


def test_a_rule_wrong_in_one_part_by_a_thousandth_is_refused():
    class Sized(SquaredSize):
        def backward(self, gy):
            (z,) = self.saved
            return 2 * gy * (z.real * 1.001 - 1j * z.imag)

    check_gradients(lambda z: SquaredSize(lambda gy, z: 2 * gy * np.conj(z))(z), [Z], order=1)
    with pytest.raises(GradientError, match="first derivative"):
        check_gradients(lambda z: Sized(None)(z), [Z], order=1)
