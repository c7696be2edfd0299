"""Tests of pygrad-core. A fixture makes sure that none leaves the recording flag changed."""

import pytest

from pygrad.engine.mode import is_recording


@pytest.fixture(autouse=True)
def recording_is_left_on():
    assert is_recording()
    yield
    assert is_recording()
