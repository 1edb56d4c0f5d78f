"""Settings of the property tests of the metrics."""

from hypothesis import settings

# the first call of a kernel compiles it: a deadline would fail on that alone
settings.register_profile("no_deadline", deadline=None, max_examples=60)
settings.load_profile("no_deadline")
