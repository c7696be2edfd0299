"""Everything that yields batches: datasets, splits and loaders.

Arrays only: this package knows nothing of Variables.
"""

from pygrad.data import datasets
from pygrad.data.dataset import Dataset, Subset
from pygrad.data.loader import DataLoader
from pygrad.data.split import ratio_split

__all__ = ["DataLoader", "Dataset", "Subset", "datasets", "ratio_split"]
