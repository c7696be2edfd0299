"""Complex numbers: what a gradient is, who takes them, and where derivatives are delicate.

The values and derivatives of every function stand in the table of cases.
"""

import numpy as np
import pytest
import table_complex
from table import CASES

from pygrad import Function, Variable, fft
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, AxisError, DtypeError, GraphError

Z = np.array([1 + 2j, -0.5 + 1j, 2 - 1j])


def gradient_of(f, *arrays):
    xs = [Variable(a) for a in arrays]
    f(*xs).backward()
    return [x.grad.data for x in xs]


# ------------------------------------------------------------------ the convention


def test_a_gradient_holds_the_slopes_by_both_parts():
    """dL/dRe + i dL/dIm, as PyTorch's."""
    (g,) = gradient_of(lambda z: (3 * z.real + 5 * z.imag).sum(), Z)
    np.testing.assert_array_equal(g, np.full(3, 3 + 5j))


def test_a_step_against_the_gradient_makes_the_loss_smaller():
    target = np.array([1 - 1j, 0.5j, -2 + 0j])
    (g,) = gradient_of(lambda z: (F.abs(z - target) ** 2).sum(), Z)
    np.testing.assert_allclose(Z - 0.5 * g, target)


def test_a_holomorphic_function_has_the_conjugate_of_its_derivative():
    (g,) = gradient_of(lambda z: (z**3).real.sum(), Z)
    np.testing.assert_allclose(g, np.conj(3 * Z**2))


def test_a_real_leaf_takes_the_real_part():
    x = np.array([0.5, -1.0, 2.0])
    (g,) = gradient_of(lambda x: (Z * x).imag.sum(), x)
    np.testing.assert_allclose(g, Z.imag)
    assert g.dtype == np.float64


def test_a_seed_is_a_gradient_of_what_comes_after():
    """z -> z**2 -> L: the gradient of L by z**2, handed to backward, gives that of L by z."""

    def after(w):
        return (F.abs(w) + w.imag).sum()

    (expected,) = gradient_of(lambda z: after(z**2), Z)
    (seed,) = gradient_of(after, Z**2)
    z = Variable(Z)
    (z**2).backward(seed)
    np.testing.assert_allclose(z.grad.data, expected)


def test_gradients_of_two_backward_passes_add():
    z = Variable(Z)
    for _ in range(2):
        F.abs(z).sum().backward()
    np.testing.assert_allclose(z.grad.data, 2 * Z / np.abs(Z))


def test_a_complex_result_has_no_gradient_of_its_own():
    with pytest.raises(GraphError, match=r"complex result has no gradient.*abs\(\)"):
        (Variable(Z) ** 2).sum().backward()


def test_a_rule_of_ones_own_is_written_without_a_conjugate():
    class Cube(Function):
        def forward(self, x):
            return x**3

        def backward(self, gy):
            (x,) = self.saved
            return gy * 3 * x**2

    (ours,) = gradient_of(lambda z: (Cube()(z) * (1 + 1j)).real.sum(), Z)
    (builtin,) = gradient_of(lambda z: (z**3 * (1 + 1j)).real.sum(), Z)
    np.testing.assert_allclose(ours, builtin)


# --------------------------------------------------------- who takes complex numbers


@pytest.mark.parametrize("name", sorted(table_complex.REAL_ALONE - {"interp"}))
def test_a_function_of_reals_alone_says_so(name):
    case = next(case for key, case in CASES.items() if key.split(",")[0] == name)
    inputs = [np.asarray(x) for x in case.inputs]
    inputs = [x + 1j if x.dtype.kind == "f" else x for x in inputs]
    said = {"mod": "remainder", "divmod": "floor_divide"}.get(name, name)
    with pytest.raises(DtypeError, match=rf"{said}: an input is complex, but it must be real"):
        case.function(*map(Variable, inputs), **case.kwargs)


@pytest.mark.parametrize("f", [np.floor, np.arctan2, np.logaddexp, np.quantile])
def test_numpys_own_call_says_so_too(f):
    others = [] if f is np.floor else [0.5]
    with pytest.raises(DtypeError, match="an input is complex"):
        f(Variable(Z), *others)


def test_points_of_an_interpolation_must_be_real():
    for x, xp in [(Z, [0.0, 1.0]), ([0.5], [0.0, 1.0j])]:
        with pytest.raises(DtypeError, match="interp: x is .*; points must be real"):
            F.interp(x, xp, [0.0, 1.0])


def test_weights_of_covariances_must_be_real():
    with pytest.raises(DtypeError, match="cov: an input is complex"):
        F.cov([Z, Z], aweights=Z)


def test_nothing_complex_is_lost_in_something_real():
    x = Variable(np.ones(3))
    with pytest.raises(DtypeError, match=r"holds float64 and the value complex128.*astype"):
        x[0] = 1j
    with pytest.raises(DtypeError, match="gradient: a spacing is complex and f real"):
        F.gradient(x, 1j)
    with pytest.raises(DtypeError, match="ediff1d: ary holds float64 and an end complex128"):
        F.ediff1d(x, to_end=1j)
    with pytest.raises(DtypeError, match="initial is 1j, which does not fit values of dtype float"):
        F.sum(x, initial=1j)
    with pytest.warns(np.exceptions.ComplexWarning):
        F.astype(Variable(Z), float)


def test_astype_between_real_and_complex_takes_the_real_part_back():
    (g,) = gradient_of(lambda x: (x.astype(complex) * Z).real.sum(), np.ones(3))
    np.testing.assert_array_equal(g, Z.real)
    with pytest.warns(np.exceptions.ComplexWarning):
        (g,) = gradient_of(lambda z: (z.astype(float) * Z.imag).sum(), Z)
    np.testing.assert_array_equal(g, Z.imag + 0j)


def test_what_is_assigned_to_a_complex_variable_may_be_real():
    a = Variable(np.array([1.0, 2.0]))
    z = Variable(Z)
    y = z * 1
    y[:2] = a
    (y * (3 + 4j)).real.sum().backward()
    np.testing.assert_array_equal(a.grad.data, [3, 3])
    np.testing.assert_array_equal(z.grad.data, [0, 0, 3 - 4j])


def test_methods_and_numpys_names_are_the_same_functions():
    z = Variable(Z)
    for y in (z.conj(), z.conjugate(), np.conj(z), np.conjugate(z), F.conj(z)):
        np.testing.assert_array_equal(y.data, Z.conj())
        assert y.requires_grad
    for y in (z.imag, np.imag(z), F.imag(z)):
        np.testing.assert_array_equal(y.data, Z.imag)
    for y in (abs(z), np.abs(z), F.absolute(z)):
        np.testing.assert_array_equal(y.data, np.abs(Z))
    assert np.iscomplex(z).tolist() == [True] * 3
    assert np.iscomplexobj(z)


def test_the_real_part_of_a_real_variable_is_itself():
    x = Variable(np.ones(2))
    assert x.real is x
    assert np.real(x) is x


def test_real_if_close_is_real_where_all_imaginary_parts_are_small():
    close = Variable(np.array([1 + 1e-15j, 2]))
    y = np.real_if_close(close)
    assert y.dtype == np.float64
    y.sum().backward()
    np.testing.assert_array_equal(close.grad.data, [1, 1])
    assert F.real_if_close(Variable(Z)).dtype == np.complex128
    assert F.real_if_close([1 + 0.1j], tol=0.2).dtype == np.float64


# --------------------------------------------------------------- delicate places


@pytest.mark.parametrize("f", [F.abs, F.angle, F.std, lambda z: F.sign(z).real])
def test_gradients_at_0_are_0_to_the_second_order(f):
    z = Variable(np.zeros(2, complex))
    f(z).sum().backward(create_graph=True)
    np.testing.assert_array_equal(z.grad.data, [0, 0])
    first = z.grad
    z.zero_grad()
    (first.real.sum() + first.imag.sum()).backward()
    np.testing.assert_array_equal(z.grad.data, [0, 0])


@pytest.mark.parametrize("size", [1e200, 1e-200])
def test_magnitude_sign_and_angle_neither_overflow_nor_underflow(size):
    direction = (3 + 4j) / 5
    z = np.array([size * direction])
    (g,) = gradient_of(lambda z: F.abs(z).sum(), z)
    np.testing.assert_allclose(g, [direction], rtol=1e-14)
    (g,) = gradient_of(lambda z: F.angle(z).sum() * size, z)
    np.testing.assert_allclose(g, [1j * direction], rtol=1e-14)
    (g,) = gradient_of(lambda z: F.sign(z).imag.sum() * size, z)
    np.testing.assert_allclose(g, [1j * direction * 0.6], rtol=1e-14)


# the functions whose derivative has a root in it, and along which line their cuts lie
CUTS = {"arcsin": 1, "arccos": 1, "arccosh": 1, "arcsinh": 1j, "sqrt": 1, "log": 1, "log1p": 1}


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("side", [0.0, -0.0])
def test_on_a_branch_cut_the_derivative_is_that_of_the_side_that_the_zero_names(name, side):
    along = CUTS[name]
    places = np.array([-3.0, -1.5, -0.5, 0.7, 2.5])

    def on_line(t):
        z = np.empty(len(t), complex)
        z.real, z.imag = (t, side) if along == 1 else (side, t)
        return z

    step = 1e-3
    f = getattr(np, name)
    stencil = ((1, 8 / 12), (-1, -8 / 12), (2, -1 / 12), (-2, 1 / 12))
    slopes = sum(w / step * f(on_line(places + k * step)) for k, w in stencil) / along
    (g,) = gradient_of(lambda z: getattr(F, name)(z).real.sum(), on_line(places))
    np.testing.assert_allclose(g, slopes.conj(), rtol=1e-8)


def test_arccosh_is_right_left_of_its_cut():
    """There sqrt(z - 1) sqrt(z + 1) and sqrt(z**2 - 1) differ in sign."""
    (g,) = gradient_of(lambda z: F.arccosh(z).real.sum(), np.array([-2 + 1j]))
    z = -2 + 1j
    np.testing.assert_allclose(g, np.conj(1 / np.sinh(np.arccosh(z))))


def test_parts_that_are_not_finite_are_replaced_one_by_one():
    z = np.array([complex(np.nan, 2), complex(1, np.inf), 3 + 4j])
    y = F.nan_to_num(z, posinf=9.0)
    np.testing.assert_array_equal(y.data, np.nan_to_num(z, posinf=9.0))
    (g,) = gradient_of(lambda z: (F.nan_to_num(z) * (1 - 1j)).real.sum(), z)
    np.testing.assert_array_equal(g, [1j, 1, 1 + 1j])


def test_complex_numbers_are_ordered_by_their_real_part():
    z = np.array([1 + 5j, 2 - 1j, 2 + 1j, -3j])
    for f, chosen in [(F.max, 2), (F.min, 3), (F.ptp, 2)]:
        (g,) = gradient_of(lambda z, f=f: f(z).real, z)
        assert g[chosen] == 1
    np.testing.assert_array_equal(F.sort(z).data, np.sort(z))


def test_the_gradient_of_a_power_at_0_is_0():
    (g,) = gradient_of(lambda z: (z**2).real.sum(), np.zeros(1, complex))
    assert g == 0
    (g,) = gradient_of(lambda b: (0j**b).real.sum(), np.array([2 + 0j]))
    assert g == 0


# ------------------------------------------------------------- Fourier transforms


def test_parts_that_a_real_transform_ignores_have_no_gradient():
    """The imaginary part of the frequency 0, and of the highest if the length is even."""
    half = np.array([1 + 1j, 2 - 1j, 3 + 2j])
    w = np.arange(1.0, 5.0)
    for f in (fft.irfft, fft.hfft):
        (even,) = gradient_of(lambda x, f=f: (f(x, 4) * w).sum(), half)
        assert even.imag[0] == even.imag[2] == 0 != even.imag[1]
        (odd,) = gradient_of(lambda x, f=f: (f(x, 5) * np.arange(5.0)).sum(), half)
        assert odd.imag[0] == 0 != odd.imag[2]


def test_what_a_transform_cuts_off_has_a_gradient_of_0():
    (g,) = gradient_of(lambda x: (F.abs(fft.fft(x, 2)) ** 2).sum(), np.arange(1.0, 5.0))
    np.testing.assert_allclose(g, [4, 8, 0, 0])


def test_numpys_own_transforms_take_variables():
    x = Variable(np.arange(6.0))
    y = np.fft.rfft(x, 4, norm="ortho")
    assert isinstance(y, Variable)
    np.testing.assert_array_equal(y.data, np.fft.rfft(x.data, 4, norm="ortho"))
    np.testing.assert_array_equal(np.fft.fftshift(x).data, np.fft.fftshift(x.data))
    np.testing.assert_array_equal(np.fft.ifftn(a=x, axes=(0,)).data, np.fft.ifftn(x.data))
    assert isinstance(np.fft.fftfreq(4), np.ndarray)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: fft.rfft(Z), DtypeError, r"rfft: the signal is complex.*or use fft"),
        (lambda: fft.ihfft(Z), DtypeError, r"ihfft: the signal is complex.*or use ifft"),
        (lambda: fft.rfft2([Z, Z]), DtypeError, r"rfft2: the signal is complex.*or use fft2"),
        (lambda: fft.fft(Z, 0), ArgumentError, "fft: the transform would have length 0"),
        (lambda: fft.irfft([1.0]), ArgumentError, "irfft: the transform would have length 0"),
        (lambda: fft.fft(Z, axis=1), AxisError, "fft: axis 1 is out of bounds"),
        (lambda: fft.fft2(Z), AxisError, "fft2: axis -2 is out of bounds"),
        (lambda: fft.fft(Z, norm="both"), ArgumentError, "fft: norm is 'both'; it must be"),
        (lambda: fft.fftn(Z, (3, 3), (0,)), ArgumentError, "fftn: s has 2 lengths for 1 axes"),
        (lambda: fft.rfftn(3.0), ArgumentError, "rfftn: axes is empty"),
        (lambda: fft.fft("abc"), DtypeError, "fft: expected numbers"),
        (lambda: fft.fftshift(Z, 2), AxisError, "fftshift: axis 2 is out of bounds"),
    ],
)  # fmt: skip
def test_a_transform_that_cannot_be_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_transform_along_no_axis_is_the_array_itself():
    x = Variable(np.arange(3.0))
    np.testing.assert_array_equal(fft.fftn(x, axes=()).data, x.data)
    assert fft.ifftn(2.0).item() == 2.0


def test_a_batch_may_be_empty():
    x = Variable(np.zeros((0, 4)))
    y = fft.irfft(fft.rfft(x))
    assert y.shape == (0, 4)
    y.sum().backward()
    assert x.grad.shape == (0, 4)
