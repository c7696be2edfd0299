"""Swish as a layer."""

from pygrad import Variable, nn
from pygrad_swish.function import swish


class Swish(nn.Module):
    """Swish, elementwise: a layer without parameters."""

    def forward(self, x: Variable) -> Variable:
        return swish(x)
