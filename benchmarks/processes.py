"""Whole processes beside PyTorch's: peak memory of a step, a deep graph, the first step.

Each candidate runs in a process of its own, and says what it took; the processes take turns.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import textwrap
import time

__all__ = ["deep", "first_step", "memory"]

# How far the resident memory rises above what is there before, in MB. Linux alone can forget an
# earlier peak.
PEAK = """
def resident(field):
    with open("/proc/self/status") as status:
        return next(int(l.split()[1]) / 1024 for l in status if l.startswith(field))

def rise(step):
    with open("/proc/self/clear_refs", "w") as control:
        control.write("5")
    before = resident("VmRSS")
    step()
    return resident("VmHWM") - before
"""

PERCEPTRON = {
    "pygrad": """
        import numpy as np
        from pygrad import nn, functions as F
        layers = [nn.Linear(784, 2048), nn.Linear(2048, 2048), nn.Linear(2048, 10)]
        model = lambda x: layers[2](F.relu(layers[1](F.relu(layers[0](x)))))
        params = [p for layer in layers for p in layer.params()]
        optimizer = nn.optim.SGD(params, lr=1e-3, momentum=0.9)
        x, labels = np.ones((512, 784), np.float32), np.zeros(512, int)
        def step():
            F.softmax_cross_entropy(model(x), labels).backward()
            optimizer.step()
            optimizer.zero_grad()
        """,
    "torch": """
        import torch
        torch.set_num_threads(1)
        model = torch.nn.Sequential(torch.nn.Linear(784, 2048), torch.nn.ReLU(),
                                    torch.nn.Linear(2048, 2048), torch.nn.ReLU(),
                                    torch.nn.Linear(2048, 10))
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
        x, labels = torch.ones(512, 784), torch.zeros(512, dtype=torch.long)
        def step():
            torch.nn.functional.cross_entropy(model(x), labels).backward()
            optimizer.step()
            optimizer.zero_grad()
        """,
}

CONVOLUTION = {
    "pygrad": """
        import numpy as np
        from pygrad import nn
        layer = nn.Conv2d(64, 64, 3, padding=1)
        x = np.ones((16, 64, 32, 32), np.float32)
        from pygrad import Variable
        def step():
            v = Variable(x)
            layer(v).sum().backward()
            layer.zero_grad()
        """,
    "torch": """
        import torch
        torch.set_num_threads(1)
        layer = torch.nn.Conv2d(64, 64, 3, padding=1)
        x = torch.ones(16, 64, 32, 32)
        def step():
            v = x.detach().requires_grad_()
            layer(v).sum().backward()
            layer.zero_grad()
        """,
}

DEEP = {
    "pygrad": """
        from pygrad import Variable
        x = Variable(1.0)
        def step():
            y = x
            for _ in range(1_000_000):
                y = y * 0.999999
            y.backward()
            x.grad = None
        """,
    "torch": """
        import torch
        torch.set_num_threads(1)
        x = torch.tensor(1.0, requires_grad=True)
        def step():
            y = x
            for _ in range(1_000_000):
                y = y * 0.999999
            y.backward()
            x.grad = None
        """,
}


def memory(name: str) -> float:
    """The rise over the first three training steps, as a multiple of PyTorch's."""
    programs = {"big mlp": PERCEPTRON, "convolution": CONVOLUTION}[name]
    measured = "print(rise(lambda: [step() for _ in range(3)]))"
    rises = {who: float(_run(program, PEAK, measured)) for who, program in programs.items()}
    print(f"    {name}: {rises['pygrad']:.0f} MB, PyTorch {rises['torch']:.0f} MB", flush=True)
    return rises["pygrad"] / rises["torch"]


def deep(what: str, rounds: int) -> float:
    """A million operations: forward, backward and freeing."""
    measured = {
        "time": "import time\nt = time.process_time(); step(); print(time.process_time() - t)",
        "memory": "print(rise(step))",
    }[what]
    return _ratio(lambda who: float(_run(DEEP[who], PEAK, measured)), 1 + rounds // 25)


def first_step(rounds: int) -> float:
    """From the start of Python to the end of the first training step of the big network."""

    def seconds(who: str) -> float:
        start = time.perf_counter()
        _run(PERCEPTRON[who].replace("2048", "64"), "", "step()")
        return time.perf_counter() - start

    return _ratio(seconds, max(1, min(rounds, 7)))


def _ratio(measure, rounds: int) -> float:
    """The median over rounds in which both take turns."""
    measure("pygrad"), measure("torch")  # the first reads the files from the disk
    return statistics.median(measure("pygrad") / measure("torch") for _ in range(rounds))


def _run(program: str, before: str, after: str) -> str:
    code = before + textwrap.dedent(program) + after
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()
