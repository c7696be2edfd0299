"""The third-party plugin of the documentation, installed as anybody's would be."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FUNCTION = """
import math
import pygrad
from pygrad import functions as F

x = pygrad.Variable([-2.0, 0.0, 3.0])
y = F.swish(x)
for value, result in zip([-2.0, 0.0, 3.0], y.data.tolist()):
    assert math.isclose(result, value / (1 + math.exp(-value)), abs_tol=1e-15)

def slope(v, h=1e-6):
    return (F.swish(v + h).item() - F.swish(v - h).item()) / (2 * h)

y.sum().backward(create_graph=True)
for value, gradient in zip([-2.0, 0.0, 3.0], x.grad.data.tolist()):
    assert math.isclose(gradient, slope(value), abs_tol=1e-8)

# the rule serves the second order as well: at 0 it is 1/2
gx, x.grad = x.grad, None
gx.sum().backward()
assert math.isclose(x.grad.data[1], 0.5, abs_tol=1e-12)
assert F.swish(pygrad.Variable(-1e4)).item() == 0
"""


def test_its_function_is_there_with_core_alone(core_and_swish):
    done = core_and_swish.python(FUNCTION)
    assert done.stderr == ""


def test_without_pygrad_nn_its_layer_is_nobodys_business(core_and_swish):
    lines = core_and_swish.run("pygrad", "plugins").stdout.splitlines()
    row = next(line.split() for line in lines if line.startswith("swish "))
    assert row[:4] == ["swish", "pygrad-swish", "0.1.0", "loaded"]
    assert "functions: swish" in " ".join(row)
    assert "swish implements register_layers, which no installed package asks for" in lines


def test_it_can_be_kept_out(core_and_swish):
    core_and_swish.python(
        "import os; os.environ['PYGRAD_PLUGINS'] = ''\n"
        "from pygrad import functions as F\n"
        "assert not hasattr(F, 'swish')\n"
    )


def test_its_layer_is_there_with_pygrad_nn(everything):
    done = everything.python(
        "import numpy as np\n"
        "from pygrad import functions as F, nn, plugins\n"
        "Swish = nn.layers.get('Swish')\n"
        "x = np.array([[-1.0, 2.0]])\n"
        "assert (Swish()(x).data == F.swish(x).data).all()\n"
        "assert list(Swish().params()) == []\n"
        "assert plugins.registry('layers').owner('Swish') == 'swish (pygrad-swish 0.1.0)'\n"
    )
    assert done.stderr == ""


def test_its_own_examples_run(core_and_swish):
    readme = (ROOT / "examples" / "pygrad-swish" / "README.md").read_text(encoding="utf-8")
    example = readme.partition("```python\n")[2].partition("```")[0]
    assert core_and_swish.python(example).stdout.startswith("Variable([0.07")
    core_and_swish.python(
        "import doctest, pygrad_swish.function as module\n"
        "result = doctest.testmod(module)\n"
        "assert result.attempted and not result.failed\n"
    )


def test_everything_together_is_listed(everything):
    lines = everything.run("pygrad", "plugins").stdout.splitlines()
    names = [line.split()[0] for line in lines[1:]]
    assert names[:5] == ["core", "nn", "data", "viz", "swish"]
    assert all(line.split()[3] == "loaded" for line in lines[1:6])
