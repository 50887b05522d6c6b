"""What happens because time passes: sweeps that take the instant they are of, and are safe to run twice."""

from grc.sweeping.sweeper import Sweeper

__all__ = ["Sweeper"]
