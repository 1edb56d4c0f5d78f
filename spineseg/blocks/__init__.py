"""Building blocks of the networks, one idea a file; they know no network by name."""
