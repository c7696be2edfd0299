"""Peers that are measured where they are installed: JAX takes 600 MB."""

from __future__ import annotations

try:
    import jax
except ImportError:
    jax = None

__all__ = ["jax"]
