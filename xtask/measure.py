"""Runs a shell command once and prints what it took as JSON: `cpu` (user and system seconds of all its processes),
`wall` (seconds) and `rss` (the largest resident set of any of them, in MiB)."""

import json
import resource
import subprocess
import sys
import time

start = time.monotonic()
ended = subprocess.run(["bash", "-o", "pipefail", "-c", sys.argv[1]], stdin=subprocess.DEVNULL)
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "wall": wall, "rss": used.ru_maxrss / 1024}))
sys.exit(ended.returncode)
