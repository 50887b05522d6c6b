"""HTTP and HTML: what each public sees and sends, and nothing else."""
