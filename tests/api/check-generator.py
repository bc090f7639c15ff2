# SPDX-License-Identifier: LGPL-2.1-or-later
"""The generator holds no fact about a single call: no call's name, public function or struct occurs in its source."""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GEN = os.path.join(ROOT, "src/api/gen")
sys.path.insert(0, GEN)
sys.dont_write_bytecode = True
import model  # noqa: E402

api = model.Api()
api.load(glob.glob(ROOT + "/src/api/*.toml") + glob.glob(ROOT + "/src/api/wire/*.toml") +
         glob.glob(ROOT + "/src/api/calls/*.toml"))
names = set(api.calls) | {c.row["api"] for c in api.calls.values() if "api" in c.row} | set(api.structs)
names |= {c.constant() for c in api.calls.values()}

bad = []
for path in sorted(glob.glob(GEN + "/*.py")):
    with open(path) as f:
        for number, line in enumerate(f, 1):
            bad += [f"{path}:{number}: {word}" for word in re.findall(r"\w+", line) if word in names]
print("1..1")
print("\n".join("# " + b for b in bad))
print("not ok 1 - a call's name in the generator" if bad else f"ok 1 - none of {len(names)} names in the generator")
sys.exit(bool(bad))
