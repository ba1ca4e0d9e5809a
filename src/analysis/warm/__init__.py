"""A warm engine for papermill: notebooks get kernels forked from a process that has imported the libraries."""
