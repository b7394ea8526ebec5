"""Call control: one coroutine per call, told top-down like the call's story."""
