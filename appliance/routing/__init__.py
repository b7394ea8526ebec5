"""Which step comes next in a call, and why: pure functions of settings, call, world and time."""
