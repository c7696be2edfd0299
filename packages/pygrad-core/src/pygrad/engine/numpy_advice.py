"""What to use instead of NumPy's functions that have no derivative rule; errors and docs say it."""

from __future__ import annotations

__all__ = ["ADVICE"]

_COUNTS = "its counts have no derivative: {}(x.numpy())"
_BITS = "it works on the bits of whole numbers"
_DAYS = "dates are no numbers to differentiate"
_SETS = "use np.unique, or np.isin and an index: x[np.isin(x, y)]"
_NEW = "its result holds no graph; "

ADVICE: dict[str, str] = {
    "np.histogram": _COUNTS.format("np.histogram"),
    "np.histogram2d": _COUNTS.format("np.histogram2d"),
    "np.histogramdd": _COUNTS.format("np.histogramdd"),
    "np.histogram_bin_edges": "use np.linspace(np.min(x), np.max(x), n + 1)",
    "np.intersect1d": _SETS,
    "np.setdiff1d": "use x[~np.isin(x, y)]",
    "np.setxor1d": _SETS,
    "np.union1d": "use np.unique(np.concatenate([x, y]))",
    "np.poly": "multiply the factors with np.convolve or np.polymul",
    "np.polydiv": "np.polyval, np.polymul and np.convolve have one",
    "np.polyfit": "solve for the coefficients: np.linalg.pinv(np.vander(x, degree + 1)) @ y",
    "np.roots": "use np.linalg.eigvals of the companion matrix",
    "np.sort_complex": "use x[np.argsort(x)]",
    "np.left_shift": f"{_BITS}; for gradients write x * 2**n",
    "np.bitwise_left_shift": f"{_BITS}; for gradients write x * 2**n",
    "np.right_shift": f"{_BITS}; for gradients write x / 2**n",
    "np.bitwise_right_shift": f"{_BITS}; for gradients write x / 2**n",
    "np.packbits": _BITS,
    "np.unpackbits": _BITS,
    "np.nextafter": "the step to the next float has no derivative; x itself has the value's",
    "np.spacing": "the distance to the next float has no derivative",
    "np.busday_count": _DAYS,
    "np.busday_offset": _DAYS,
    "np.is_busday": _DAYS,
    "np.datetime_as_string": _DAYS,
    "np.lib.stride_tricks.sliding_window_view": (
        "use an index: x[np.arange(len(x) - n + 1)[:, None] + np.arange(n)]"
    ),
    "np.array": f"{_NEW}use F.stack([...]) to put Variables together",
    "np.full": f"{_NEW}use F.full(shape, value)",
    "np.arange": f"{_NEW}use start + step * np.arange(n)",
    "np.asarray": f"{_NEW}use pygrad.as_variable(x), or x.numpy() for the values",
    "np.bmat": "use np.block",
    "np.vectorize": "write the function for arrays, or use F.stack([f(v) for v in x])",
    # of scipy.special
    "erf": "use 2 * F.NormalCdf()(x * np.sqrt(2)) - 1",
    "expit": "use F.sigmoid(x)",
    "log_expit": "use F.log_sigmoid(x)",
    "logit": "use np.log(x) - np.log1p(-x)",
    "xlogy": "use np.where(x == 0, 0, x * np.log(y))",
    "np.kaiser": "use np.i0(beta * np.sqrt(1 - t**2)) / np.i0(beta) with t = np.linspace(-1, 1, n)",
}
