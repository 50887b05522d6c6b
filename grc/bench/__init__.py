"""What GRC costs, measured on the machine where it runs: `make bench` prints the tables of docs/performance.md."""
