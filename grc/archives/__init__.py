"""An authority’s whole archive, and the backup of the installation: written, checked, restored."""
