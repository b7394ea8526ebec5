"""The pages: what the office's network sees of the box, known to them only through its socket."""
