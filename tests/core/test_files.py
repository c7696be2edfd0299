"""pygrad.files: a file is the old one or the new one, whole."""

import os
import random
import stat
import subprocess
import sys

import pytest

from pygrad.files import replacing


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(path, content):
    with replacing(path) as file:
        file.write(content)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def test_a_new_file_and_an_old_one_get_the_content(tmp_path):
    write("a", b"one")
    write(tmp_path / "a", b"two")
    assert read("a") == b"two"
    assert os.listdir() == ["a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_a_failure_leaves_the_old_file_and_no_other(error):
    write("a", b"one")
    with pytest.raises(error), replacing("a") as file:
        file.write(b"tw")
        raise error
    assert read("a") == b"one"
    assert os.listdir() == ["a"]


def test_until_it_is_whole_the_old_file_is_there():
    write("a", b"one")
    with replacing("a") as file:
        file.write(b"two")
        file.flush()
        assert read("a") == b"one"
    assert read("a") == b"two"


@pytest.mark.skipif(os.name == "nt", reason="links and modes are POSIX's")
def test_a_link_stays_a_link_and_a_private_file_private():
    os.mkdir("store")
    write("store/real", b"one")
    os.chmod("store/real", 0o600)
    os.symlink("store/real", "link")
    write("link", b"two")
    assert os.path.islink("link")
    assert read("store/real") == b"two"
    assert stat.S_IMODE(os.stat("store/real").st_mode) == 0o600
    assert sorted(os.listdir()) == ["link", "store"]


def test_a_folder_in_its_place_and_a_missing_folder_are_the_systems_errors():
    os.mkdir("a")
    with pytest.raises(IsADirectoryError):
        write("a", b"")
    with pytest.raises(FileNotFoundError):
        write("none/a", b"")


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_whole_file():
    program = """
from pygrad.files import replacing
while True:
    for letter in (b"a", b"b"):
        with replacing("file") as file:
            for _ in range(200):
                file.write(letter * 10_000)
        print(flush=True)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    rng = random.Random(0)
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=env)
        process.stdout.readline()
        try:
            process.wait(rng.uniform(0, 0.02))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        content = read("file")
        assert len(content) == 2_000_000
        assert len(set(content)) == 1
    assert len(os.listdir()) > 1, "no kill came in the middle of a write, so nothing was tested"
