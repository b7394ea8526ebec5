"""The demonstration: a sample office at work in a folder of its own, on this machine alone."""
