"""What the benchmarks compare: our calls beside those of public libraries."""
