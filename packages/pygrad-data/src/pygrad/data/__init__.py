"""Everything that yields batches: datasets, splits and loaders.

Arrays only: this package knows nothing of Variables.
"""

from pygrad.data import datasets, formats, transforms
from pygrad.data.arrays import ArrayDataset
from pygrad.data.batch_samplers import BatchSampler, BucketSampler, FixedSizeSampler
from pygrad.data.batching import in_batches
from pygrad.data.collate import collate
from pygrad.data.concat import ConcatDataset
from pygrad.data.dataset import Dataset, Subset
from pygrad.data.drawing import batch_rng
from pygrad.data.formats.loading import load
from pygrad.data.formats.table import Table
from pygrad.data.loader import DataLoader
from pygrad.data.mapped import MemmapDataset
from pygrad.data.padding import PadCollate, Padded
from pygrad.data.samplers import (
    DistributedSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    StratifiedSampler,
    WeightedSampler,
)
from pygrad.data.split import kfold, ratio_split
from pygrad.data.stream import IterableDataset

__all__ = [
    "ArrayDataset",
    "BatchSampler",
    "BucketSampler",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "DistributedSampler",
    "FixedSizeSampler",
    "IterableDataset",
    "MemmapDataset",
    "PadCollate",
    "Padded",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "StratifiedSampler",
    "Subset",
    "Table",
    "WeightedSampler",
    "batch_rng",
    "collate",
    "datasets",
    "formats",
    "in_batches",
    "kfold",
    "load",
    "ratio_split",
    "transforms",
]
