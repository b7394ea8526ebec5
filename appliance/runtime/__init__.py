"""The only room with sockets, clocks, randomness, threads and tasks: wires the others together."""
