"""A user's first hour: the demo, from the command to the files that it leaves."""

import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pygrad.nn", reason="the demo needs all parts, and core stands alone here")
pytest.importorskip("pygrad.data", reason="the demo needs all parts, and core stands alone here")
pytest.importorskip("pygrad.viz", reason="the demo needs all parts, and core stands alone here")

ROOT = Path(__file__).resolve().parents[2]


def demo(*arguments, cwd, **options):
    command = [sys.executable, "-m", "pygrad", "demo", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, **options)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return demo(cwd=folder), folder


def test_it_reads_at_least_97_of_100_digits(first_run):
    done, _ = first_run
    assert done.returncode == 0, done.stderr
    (accuracy,) = re.findall(r"test accuracy: ([\d.]+)%", done.stdout)
    assert float(accuracy) >= 97


def test_it_draws_digits_with_what_they_were_read_as(first_run):
    done, _ = first_run
    assert done.stdout.count("read as") == 4
    # rows of the pictures: four digits of sixteen columns, which are not all the same
    rows = [line for line in done.stdout.splitlines() if "██" in line or "@@" in line]
    assert len(rows) == 8
    assert len(set(rows)) > 4


def test_it_leaves_weights_that_any_numpy_can_read(first_run):
    done, folder = first_run
    weights = np.load(folder / "digits.npy", allow_pickle=False)
    assert weights["fc1"]["W"].shape == (64, 256)
    assert weights["dropout"]["dropout"] == 0.3
    assert "digits.npy: the weights, loaded back and checked" in done.stdout


def test_it_leaves_pictures_of_the_network(first_run):
    _, folder = first_run
    svg = ET.parse(folder / "digits.svg").getroot()
    text = " ".join("".join(node.itertext()) for node in svg.iter() if node.tag.endswith("text"))
    for label in ("Variable", "fc1", "relu", "dropout", "fc3", "256"):
        assert label in text
    assert (folder / "digits.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_the_same_seed_gives_the_same_result_and_another_gives_another(tmp_path):
    runs = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        done = demo("--epochs", 2, "--seed", seed, "--out", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        runs.append((tmp_path / name / "digits.npy").read_bytes())
    assert runs[0] == runs[1] != runs[2]


def test_ctrl_c_ends_it_cleanly(tmp_path):
    command = [sys.executable, "-u", "-m", "pygrad", "demo", "--epochs", "100000"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if line.startswith("epoch 1:"):
            break
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "file/folder"], r"cannot write to the folder file/folder: .*--out"),
        (["--out", "file"], r"cannot write to the folder file: .*--out"),
        (["--epochs", "0"], r"--epochs is 0; it must be at least 1"),
        (["--seed", "-1"], r"--seed is -1; it must be at least 0"),
    ],
)
def test_what_cannot_work_is_said_before_the_training(tmp_path, arguments, message):
    (tmp_path / "file").write_text("in the way")
    done = demo(*arguments, cwd=tmp_path, timeout=30)
    assert done.returncode == 1
    assert re.search(message, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1
    assert "epoch" not in done.stdout


@pytest.mark.slow
def test_the_example_is_the_same_program(tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "digits.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (accuracy,) = re.findall(r"test accuracy: ([\d.]+)%", done.stdout)
    assert float(accuracy) >= 97
    assert (tmp_path / "digits.npy").exists()
    assert (tmp_path / "digits.svg").exists()
