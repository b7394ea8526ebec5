"""The self-test: a stranger's softphone tries the running box and tells what it hears."""
