"""The e-services engine of the communes: forms, workflow, legal clocks and receipts."""

__version__ = "0.2.0"
