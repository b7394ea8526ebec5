"""The drawing of call paths: boxes and arrows laid out in layers, as SVG."""
