"""What `run-due`, `status` and `coverage` do: what is due, crawled, wrong and told."""
