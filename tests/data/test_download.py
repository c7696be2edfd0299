"""Downloads from a server on this machine that breaks off, lies, and sends what it should not."""

import contextlib
import hashlib
import http.server
import io
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from pygrad.data import download
from pygrad.data.download import cache_folder, download_file
from pygrad.data.locks import locked
from pygrad.exceptions import ArgumentError, DataError, MissingPluginError

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(download, "PAUSE", 0)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the first part of the path says; notes what was asked for."""

    def log_message(self, *args):
        pass

    def do_GET(self):
        way = self.path.split("/")[1]
        asked = self.headers.get("Range")
        self.server.asked.append((way, asked))
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        count = sum(way == earlier for earlier, _ in self.server.asked)
        with contextlib.suppress(ConnectionError):
            getattr(self, f"way_{way}")(start, count)

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def ranged(self, start, body, length):
        status, more = (
            (206, {"Content_Range": f"bytes {start}-299999/300000"}) if start else (200, {})
        )
        self.answer(status, body, Content_Length=length, **more)

    def way_good(self, start, count):
        self.ranged(start, CONTENT[start:], 300_000 - start)

    def way_slow(self, start, count):
        time.sleep(0.5)
        self.way_good(start, count)

    def way_breaks(self, start, count):  # a third at a time
        self.ranged(start, CONTENT[start : start + 100_001], 300_000 - start)

    def way_dies(self, start, count):  # a little, once, and never more
        self.ranged(start, CONTENT[start:1000] if count == 1 else b"", 300_000 - start)

    def way_ignores(self, start, count):  # has never heard of ranges, and breaks off once
        end = 150_000 if count == 1 else 300_000
        self.answer(200, CONTENT[:end], Content_Length=300_000)

    def way_elsewhere(self, start, count):  # another range than was asked for
        self.answer(206, CONTENT, Content_Length=300_000 - start, Content_Range="bytes 5-9/10")

    def way_long(self, start, count):
        self.answer(200, CONTENT, Content_Length=10**15)

    def way_short(self, start, count):
        self.answer(200, CONTENT, Content_Length=10)

    def way_endless(self, start, count):  # says nothing of its length, and does not stop
        self.send_response(200)
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(bytes(100_000))

    def way_silent(self, start, count):  # says nothing of its length, and is good
        self.answer(200, CONTENT)

    def way_wrong(self, start, count):
        self.ranged(start, bytes(300_000 - start), 300_000 - start)

    def way_redirect(self, start, count):
        self.answer(302, b"", Location="/good/x")

    def way_loop(self, start, count):
        self.answer(302, b"", Location="/loop/x")

    def way_to_a_file(self, start, count):
        self.answer(302, b"", Location="file:///etc/passwd")

    def way_missing(self, start, count):
        self.answer(404, b"no")

    def way_sick(self, start, count):  # twice
        if count < 3:
            self.answer(503, b"later")
        else:
            self.way_good(start, count)

    def way_hangs(self, start, count):
        time.sleep(2)

    def way_garbage(self, start, count):
        self.wfile.write(b"this is no HTTP\r\n\r\n")


@pytest.fixture
def server():
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.asked = []
    running.at = lambda way: f"http://127.0.0.1:{running.server_address[1]}/{way}/x"
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def get(server, way, path, *mirrors, **options):
    options = {"sha256": SHA256, "size": 300_000, **options}
    mirrors = [server.at(mirror) for mirror in mirrors]
    return download_file(server.at(way), path, mirrors=mirrors, **options)


@pytest.mark.parametrize("way", ["good", "silent", "redirect", "sick", "breaks", "ignores"])
def test_the_file_arrives_whole(server, tmp_path, way):
    path = get(server, way, tmp_path / "new" / "file")
    assert path == tmp_path / "new" / "file"
    assert path.read_bytes() == CONTENT
    assert sorted(p.name for p in path.parent.iterdir()) == ["file", "file.lock"]


def test_it_goes_on_where_it_broke_off(server, tmp_path):
    get(server, "breaks", tmp_path / "file")
    assert server.asked == [
        ("breaks", None),
        ("breaks", "bytes=100001-"),
        ("breaks", "bytes=200002-"),
    ]


def test_it_goes_on_in_the_next_program_too(server, tmp_path):
    with pytest.raises(DataError, match="broke off after 1000 of 300000 bytes"):
        get(server, "dies", tmp_path / "file")
    assert (tmp_path / "file.part").stat().st_size == 1000
    assert len(server.asked) == download.TRIES
    server.asked.clear()
    get(server, "good", tmp_path / "file")
    assert server.asked == [("good", "bytes=1000-")]


def test_it_goes_on_after_a_redirect(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT[:70_000])
    get(server, "redirect", tmp_path / "file")
    assert server.asked == [("redirect", "bytes=70000-"), ("good", "bytes=70000-")]


@pytest.mark.parametrize("rest", [b"x" * 1000, b"x" * 300_000, b"x" * 400_000])
def test_a_beginning_that_is_another_files_is_thrown_away(server, tmp_path, rest):
    (tmp_path / "file.part").write_bytes(rest)
    assert get(server, "good", tmp_path / "file").read_bytes() == CONTENT


def test_a_file_that_is_wrong_from_the_start_is_not_loaded_for_ever(server, tmp_path):
    (tmp_path / "file.part").write_bytes(b"x" * 1000)
    with pytest.raises(DataError, match="gave a file of 300000 bytes with the SHA-256"):
        get(server, "wrong", tmp_path / "file")
    assert server.asked == [("wrong", "bytes=1000-"), ("wrong", None)]


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("wrong", "gave a file of 300000 bytes with the SHA-256 .*, which must be " + SHA256),
        ("long", "announced a file of 1000000000000000 bytes, which must have 300000"),
        ("short", "announced a file of 10 bytes, which must have 300000"),
        ("endless", "sent more than the 300000 bytes that the file has"),
        ("missing", "HTTP Error 404"),
        ("loop", "HTTP Error 302.*infinite loop"),
        ("to_a_file", "HTTP Error 302"),
        ("garbage", "this is no HTTP"),
        ("dies", "broke off after 1000 of 300000 bytes"),
    ],
)
def test_a_bad_server_is_named_with_what_it_did(server, tmp_path, way, message):
    with pytest.raises(
        DataError, match=rf"(?s)file could not be downloaded.*/{way}/x: .*{message}"
    ):
        get(server, way, tmp_path / "file")
    assert not (tmp_path / "file").exists()
    part = tmp_path / "file.part"
    assert not part.exists() or part.stat().st_size <= 300_000


@pytest.mark.parametrize(
    "way",
    ["wrong", "long", "short", "endless", "missing", "loop", "to_a_file", "garbage", "dies"],
)
def test_a_mirror_takes_over(server, tmp_path, way):
    assert get(server, way, tmp_path / "file", "missing", "good").read_bytes() == CONTENT


def test_a_range_that_was_not_asked_for_is_refused(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT[:70_000])
    with pytest.raises(
        DataError, match="asked for the bytes from 70000 on, and sent 'bytes 5-9/10'"
    ):
        get(server, "elsewhere", tmp_path / "file")


def test_what_is_final_is_not_asked_again(server, tmp_path):
    with pytest.raises(DataError):
        get(server, "missing", tmp_path / "file", "wrong")
    assert server.asked == [("missing", None), ("wrong", None)]


def test_a_server_that_hangs_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TRIES", 1)
    with pytest.raises(DataError, match="timed out"):
        get(server, "hangs", tmp_path / "file", timeout=0.1)


def test_nobody_at_home_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TRIES", 1)
    with pytest.raises(DataError, match=r"http://127\.0\.0\.1:1/x: .*refused"):
        download_file("http://127.0.0.1:1/x", tmp_path / "x", sha256=SHA256, size=3)


def test_a_file_that_is_there_is_not_asked_for(server, tmp_path):
    (tmp_path / "file").write_bytes(CONTENT)
    get(server, "good", tmp_path / "file")
    assert server.asked == []


def test_another_file_of_that_name_is_left_alone(server, tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(
        DataError, match=r"file is there, but it is another file: its 4 bytes .*remove it"
    ):
        get(server, "good", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"mine"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://a/b", "x", ""])
def test_other_kinds_of_address_are_refused(tmp_path, address):
    with pytest.raises(ArgumentError, match="must begin with https:// or http://"):
        download_file(address, tmp_path / "x", sha256=SHA256, size=3)
    with pytest.raises(ArgumentError, match="must begin with https:// or http://"):
        download_file("http://a/b", tmp_path / "x", sha256=SHA256, size=3, mirrors=[address])


def test_a_folder_that_cannot_be_written_is_named(server, tmp_path):
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(DataError, match="download_file: .*cannot be written"):
        get(server, "good", tmp_path / "folder" / "file")


PROGRAM = """
import sys
from pygrad.data.download import download_file
print(download_file(sys.argv[1], sys.argv[2], sha256=sys.argv[3], size=300000).stat().st_size)
"""


def test_two_processes_at_once_load_it_once(server, tmp_path):
    arguments = [server.at("slow"), str(tmp_path / "file"), SHA256]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [process.communicate(timeout=60)[0] for process in both] == ["300000\n"] * 2
    assert server.asked == [("slow", None)]


def test_a_process_that_dies_lets_go(server, tmp_path):
    hold = (
        "import sys, time; from pathlib import Path; from pygrad.data.locks import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "file.lock")], stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout.readline() == b"held\n"
        loading = threading.Thread(target=get, args=(server, "good", tmp_path / "file"))
        loading.start()
        loading.join(0.3)
        assert loading.is_alive()
        assert server.asked == []
        holder.kill()
    loading.join(10)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_threads_exclude_one_another(tmp_path):
    inside, most = [], []

    def work():
        with locked(tmp_path / "lock"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else(server, tmp_path, monkeypatch, capsys):
    pytest.importorskip("tqdm", reason="tqdm draws the bar")
    get(server, "good", tmp_path / "quiet")
    assert capsys.readouterr().err == ""
    (tmp_path / "file.part").write_bytes(CONTENT[:150_000])
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    get(server, "good", tmp_path / "file")
    assert "file:" in screen.getvalue()
    assert "50%" in screen.getvalue()
    assert "100%" in screen.getvalue()


def test_without_tqdm_there_is_no_bar(server, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    get(server, "good", tmp_path / "file")
    assert screen.getvalue() == ""


def test_the_cache_folder_is_the_platforms(monkeypatch, tmp_path):
    pytest.importorskip("platformdirs", reason="platformdirs knows the folder")
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert cache_folder("mnist") == tmp_path / "pygrad" / "data" / "mnist"
    assert (
        cache_folder("mnist").parts[-3:] == ("pygrad", "data", "mnist") or sys.platform == "win32"
    )


def test_without_platformdirs_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    with pytest.raises(MissingPluginError, match=r"pygrad-data\[download\].*folder=") as caught:
        cache_folder("mnist")
    assert caught.value.name == "platformdirs"
