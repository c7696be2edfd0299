"""The functions of networks, as `pygrad.functions` has them too: ``F.nll_loss`` and so on."""

from __future__ import annotations

from pygrad.nn.functional.classification_losses import (
    cross_entropy,
    multi_margin_loss,
    nll_loss,
    soft_margin_loss,
)
from pygrad.nn.functional.ctc import ctc_loss
from pygrad.nn.functional.metric_losses import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    triplet_margin_loss,
)
from pygrad.nn.functional.probability_losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    kl_div,
)
from pygrad.nn.functional.regression_losses import (
    gaussian_nll_loss,
    huber_loss,
    l1_loss,
    poisson_nll_loss,
    smooth_l1_loss,
)

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss",
    "cross_entropy", "ctc_loss", "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss",
    "kl_div", "l1_loss", "margin_ranking_loss", "multi_margin_loss", "nll_loss",
    "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss", "triplet_margin_loss",
]  # fmt: skip
