"""Rows of the table of cases: reductions, statistics, differences, running sums and products."""

import numpy as np
from rows import alike, points, row

from pygrad import functions as F

A = points(3, 4)
CUBE = points(2, 3, 4)
POSITIVE = points(3, 4, low=0.2, high=3.0)
SQUARE = points(4, 4)
MASK = np.arange(24).reshape(2, 3, 4) % 5 < 3
GAPS = np.where(np.arange(24).reshape(2, 3, 4) % 7 == 2, np.nan, CUBE)
ZEROS = np.where(np.arange(24).reshape(2, 3, 4) % 6 == 1, 0.0, CUBE)
TWO_ZEROS = np.where(np.isin(np.arange(24).reshape(2, 3, 4) % 12, (1, 2)), 0.0, CUBE)
WEIGHTS = points(4, low=0.5, high=2.0, seed=3)
RISING = np.array([0.0, 0.7, 1.1, 2.4])


def gappy(call):
    """A call with gaps of NaN. They are constants: finite differences of a NaN say nothing."""
    return alike(lambda m, x: call(m, m.where(np.isnan(GAPS), np.nan, x)), CUBE)


def logsumexp(x, axis=None, keepdims=False):
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


ROWS = {
    # the rest of NumPy's arguments
    "sum, where": alike(lambda m, x: m.sum(x, axis=1, where=MASK, initial=2.5), CUBE),
    "sum, where broadcast": alike(lambda m, x: m.sum(x, where=MASK[0, 0]), CUBE),
    "sum, dtype": row(lambda x: F.sum(x, dtype=x.dtype), lambda x: np.sum(x, dtype=x.dtype), CUBE),
    "mean, where": alike(lambda m, x: m.mean(x, axis=(0, -1), where=MASK, keepdims=True), CUBE),
    "mean, where, all": alike(lambda m, x: m.mean(x, where=MASK), CUBE),
    "var, where": alike(lambda m, x: m.var(x, axis=1, where=MASK, ddof=0.5), CUBE),
    "var, where, all": alike(lambda m, x: m.var(x, where=MASK, keepdims=True), CUBE),
    "max, where": alike(lambda m, x: m.max(x, axis=1, where=MASK, initial=0.123), CUBE),
    "min, where": alike(lambda m, x: m.min(x, axis=(0, 1), where=MASK, initial=-0.123), CUBE),
    "min, initial": alike(lambda m, x: m.min(x, initial=7.0), CUBE),
    "std": alike(lambda m, x: m.std(x), CUBE),
    "std, one axis": alike(lambda m, x: m.std(x, axis=-2), CUBE),
    "std, unbiased": alike(lambda m, x: m.std(x, axis=(0, -1), ddof=1, keepdims=True), CUBE),
    "std, where": alike(lambda m, x: m.std(x, axis=1, where=MASK), CUBE),
    "var, mean": alike(lambda m, x, c: m.var(x, axis=1, mean=c, correction=1), A, A[:, :1] + 0.3),
    "var, mean, where": alike(
        lambda m, x, c: m.var(x, axis=-1, mean=c, where=MASK, keepdims=True), CUBE, CUBE[:, :, :1]
    ),
    "std, mean": alike(lambda m, x: m.std(x, mean=m.mean(x, keepdims=True), ddof=1), CUBE),
    "ptp": alike(lambda m, x: m.ptp(x), CUBE),
    "ptp, axes": alike(lambda m, x: m.ptp(x, axis=(0, -1), keepdims=True), CUBE),
    "average": alike(lambda m, x: m.average(x, axis=1), CUBE),
    "average, weights": alike(
        lambda m, x, w: m.average(x, axis=-1, weights=w, keepdims=True), CUBE, WEIGHTS
    ),
    "average, full weights": alike(lambda m, x, w: m.average(x, weights=w), A, POSITIVE),
    "average, returned": alike(
        lambda m, x, w: list(m.average(x, axis=0, weights=w, returned=True)), A, POSITIVE
    ),
    "logsumexp": row(F.logsumexp, logsumexp, CUBE),
    "logsumexp, axes": row(F.logsumexp, logsumexp, CUBE, axis=(0, -1), keepdims=True),
    "logsumexp, one axis": row(F.logsumexp, logsumexp, CUBE, axis=1),
    # products
    "prod": alike(lambda m, x: m.prod(x), A),
    "prod, axes": alike(lambda m, x: m.prod(x, axis=(0, -1), keepdims=True), CUBE),
    "prod, zeros": alike(lambda m, x: m.prod(x, axis=-1), ZEROS),
    "prod, two zeros": alike(lambda m, x: m.prod(x, axis=2), TWO_ZEROS),
    "prod, zeros over axes": alike(lambda m, x: m.prod(x, axis=(-1, 0)), ZEROS),
    "prod, where": alike(lambda m, x: m.prod(x, axis=1, where=MASK, initial=2.5), CUBE),
    # running
    "cumsum": alike(lambda m, x: m.cumsum(x), CUBE),
    "cumsum, axis": alike(lambda m, x: m.cumsum(x, axis=-2), CUBE),
    "cumprod": alike(lambda m, x: m.cumprod(x), A),
    "cumprod, axis": alike(lambda m, x: m.cumprod(x, axis=-1), CUBE),
    "cumprod, first axis": alike(lambda m, x: m.cumprod(x, axis=0), CUBE),
    "cumprod, zeros": alike(lambda m, x: m.cumprod(x, axis=2), ZEROS),
    "cumprod, two zeros": alike(lambda m, x: m.cumprod(x, axis=2), TWO_ZEROS),
    # with NaN left out
    "nansum": gappy(lambda m, x: m.nansum(x, axis=1)),
    "nansum, where": gappy(lambda m, x: m.nansum(x, where=MASK, initial=1.5)),
    "nanmean": gappy(lambda m, x: m.nanmean(x, axis=(0, 1))),
    "nanmean, kept": gappy(lambda m, x: m.nanmean(x, axis=-1, keepdims=True)),
    "nanmean, where": gappy(lambda m, x: m.nanmean(x, where=MASK)),
    "nanprod": gappy(lambda m, x: m.nanprod(x, axis=1)),
    "nanmax": gappy(lambda m, x: m.nanmax(x, axis=1, keepdims=True)),
    "nanmax, where": gappy(lambda m, x: m.nanmax(x, axis=1, initial=-0.77, where=MASK)),
    "nanmin": gappy(lambda m, x: m.nanmin(x, axis=(0, 2))),
    "nanvar": gappy(lambda m, x: m.nanvar(x, axis=1, ddof=1)),
    "nanvar, all": gappy(lambda m, x: m.nanvar(x)),
    "nanstd": gappy(lambda m, x: m.nanstd(x, axis=-1, keepdims=True)),
    "nanstd, axes": gappy(lambda m, x: m.nanstd(x, axis=(0, 1), ddof=1)),
    "nancumsum": gappy(lambda m, x: m.nancumsum(x, axis=1)),
    "nancumprod": gappy(lambda m, x: m.nancumprod(x, axis=-1)),
    "nanmedian": gappy(lambda m, x: m.nanmedian(x, axis=-1)),
    "nanmedian, all": gappy(lambda m, x: m.nanmedian(x, keepdims=True)),
    "nanquantile": gappy(lambda m, x: m.nanquantile(x, [0.2, 0.9], axis=(0, 1))),
    "nanquantile, higher": gappy(lambda m, x: m.nanquantile(x, 0.4, axis=-1, method="higher")),
    "nanpercentile": gappy(lambda m, x: m.nanpercentile(x, 30, axis=1, keepdims=True)),
    # quantiles
    "median": alike(lambda m, x: m.median(x), CUBE),
    "median, odd": alike(lambda m, x: m.median(x, axis=1), CUBE),
    "median, axes": alike(lambda m, x: m.median(x, axis=(-1, 0), keepdims=True), CUBE),
    "quantile": alike(lambda m, x: m.quantile(x, 0.3), CUBE),
    "quantile, several": alike(
        lambda m, x: m.quantile(x, [[0.0, 0.3], [0.77, 1.0]], axis=1, keepdims=True), CUBE
    ),
    "quantile, axes": alike(lambda m, x: m.quantile(x, 0.61, axis=(0, -1)), CUBE),
    **{
        f"quantile, {method}": alike(
            lambda m, x, method=method: m.quantile(x, [0.2, 0.45, 0.8], axis=-1, method=method),
            CUBE,
        )
        for method in ("lower", "higher", "midpoint", "nearest", "hazen", "weibull",
                       "median_unbiased", "inverted_cdf", "averaged_inverted_cdf")
    },
    "percentile": alike(lambda m, x: m.percentile(x, [5, 50, 95], axis=0), CUBE),
    # differences
    "diff": alike(lambda m, x: m.diff(x), CUBE),
    "diff, twice": alike(lambda m, x: m.diff(x, 2, axis=1), CUBE),
    "diff, ends": alike(
        lambda m, x, a: m.diff(x, axis=0, prepend=a, append=a[0, 1]), A, points(2, 4, seed=5)
    ),
    "ediff1d": alike(lambda m, x: m.ediff1d(x), A),
    "ediff1d, ends": alike(
        lambda m, x, a: m.ediff1d(x, to_end=a, to_begin=a[:1]), A, points(2, seed=5)
    ),
    "gradient": alike(lambda m, x: m.gradient(x), A),
    "gradient, spacing": alike(lambda m, x: m.gradient(x, 0.5, axis=-1), CUBE),
    "gradient, edges": alike(lambda m, x: m.gradient(x, 2.0, axis=(1, 2), edge_order=2), CUBE),
    "gradient, coordinates": row(
        lambda x, t: F.gradient(x, 0.3, t, edge_order=2),
        lambda x, t: np.gradient(x, 0.3, t, edge_order=2),
        A,
        RISING,
    ),
    "gradient, coordinates, first order": row(
        lambda x, t: F.gradient(x, t, axis=1), lambda x, t: np.gradient(x, t, axis=1), A, RISING
    ),
    "trapezoid": alike(lambda m, y: m.trapezoid(y, dx=0.3), A),
    "trapezoid, points": alike(lambda m, y, x: m.trapezoid(y, x, axis=1), CUBE, points(3, seed=4)),
    "trapezoid, all points": alike(lambda m, y, x: m.trapezoid(y, x), A, POSITIVE),
    "unwrap": alike(lambda m, x: m.unwrap(x, axis=0), 5 * A),
    "unwrap, period": alike(lambda m, x: m.unwrap(x, discont=2.0, period=3.0), 3 * A),
    # covariances
    "cov": alike(lambda m, x: m.cov(x), A),
    "cov, two": alike(lambda m, x, y: m.cov(x, y, rowvar=False, bias=True), A, SQUARE[:3]),
    "cov, one": alike(lambda m, x: m.cov(x, ddof=0), WEIGHTS),
    "cov, weights": alike(
        lambda m, x, a: m.cov(x, aweights=a, fweights=[1, 2, 0, 3]), A, WEIGHTS
    ),
    "cov, counts": alike(lambda m, x: m.cov(x, fweights=[1, 2, 1, 3]), A),
    "corrcoef": alike(lambda m, x: m.corrcoef(x), A),
    "corrcoef, two": alike(lambda m, x, y: m.corrcoef(x, y), WEIGHTS, RISING),
}  # fmt: skip
