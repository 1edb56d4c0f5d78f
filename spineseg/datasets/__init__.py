"""The five data sets and their companions, twin and real behind one interface."""

from spineseg.datasets.base import Card, SpineDataset
from spineseg.datasets.registry import card, create_dataset, list_datasets
from spineseg.datasets.splits import Split, check_no_leak, read_split, write_split

__all__ = [
    "Card",
    "SpineDataset",
    "Split",
    "card",
    "check_no_leak",
    "create_dataset",
    "list_datasets",
    "read_split",
    "write_split",
]
