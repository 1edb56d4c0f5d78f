import pytest

from spineseg import SpinesegError, profile


def test_the_environment_chooses_and_smoke_is_the_default(monkeypatch):
    monkeypatch.delenv("SPINESEG_PROFILE", raising=False)
    assert profile().pick(1, 2, 3) == 1
    monkeypatch.setenv("SPINESEG_PROFILE", "full")
    assert profile().pick(1, 2, 3) == 3
    assert profile("laptop").pick(1, 2, 3) == 2


def test_an_unknown_profile_is_refused_with_the_names(monkeypatch):
    monkeypatch.setenv("SPINESEG_PROFILE", "fast")
    with pytest.raises(SpinesegError, match="smoke or laptop or full"):
        profile()
