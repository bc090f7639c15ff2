#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The corpus of ../shared/golden against domain-finish: what define makes of each document, without a daemon.

    domain-corpus.py PROGRAM SHARED     TAP: one test, that no fewer than FLOOR answers are equal

Skipped by name where the corpus, the comparer, the emulator or KVM is missing. More than the floor: raise it.
"""
import json
import os
import subprocess
import sys

FLOOR_EQUAL, FLOOR_REFUSED = 644, 356


def skip(why):
    print("1..1\nok 1 - domain-corpus # SKIP %s" % why)
    sys.exit(0)


def ask(program, paths):
    """One answer a path: (True, document) or (False, (code, domain, message))."""
    run = subprocess.run([program], input="".join(p + "\n" for p in paths).encode(), stdout=subprocess.PIPE, check=False)
    data, pos = run.stdout, 0
    for _ in paths:
        end = data.find(b"\n", pos)
        if end < 0:
            yield False, (-1, 0, "no answer")
            continue
        words = data[pos:end].split()
        text = data[end + 1:end + 1 + int(words[-1])].decode()
        pos = end + 1 + int(words[-1])
        yield (True, text) if words[0] == b"ok" else (False, (int(words[1]), int(words[2]), text))


def main():
    program, shared = sys.argv[1], sys.argv[2]
    golden = os.path.join(shared, "golden")
    answers = os.path.join(golden, "answers", "domain.json")
    if not os.path.exists(answers):
        skip("no ../shared/golden")
    for path in ("/usr/bin/qemu-system-x86_64", "/usr/bin/qemu-system-i386", "/dev/kvm"):
        if not os.path.exists(path):
            skip("no %s" % path)
    sys.path.insert(0, os.path.join(golden, "golden"))
    sys.dont_write_bytecode = True
    try:
        import goldenlib
    except ImportError as ex:
        skip("comparer: %s" % ex)
    with open(answers, encoding="utf-8") as file:
        families = json.load(file)
    cases = [(name, want) for family in families.values() for name, want in family.items() if not want.get("crash")]
    root = os.path.join(golden, "corpus", "tests")
    equal = refused = accepted = rejected = 0
    for (name, want), (ok, got) in zip(cases, ask(program, [os.path.join(root, n) for n, _ in cases])):
        if want["ok"]:
            accepted += 1
            source = goldenlib.read(os.path.join(root, name))
            same = ok and goldenlib.xml_compare(want["xml"], goldenlib.normalise(got, source))[0]
            equal += same
            if not same:
                print("# differs: %s" % name)
        else:
            rejected += 1
            same = not ok and got[:2] == (want["code"], want["domain"])
            refused += same
            if not same:
                print("# refused otherwise: %s" % name)
    print("# accepted and equal %d/%d, refused with the same code %d/%d" % (equal, accepted, refused, rejected))
    print("1..1\n%s 1 - domain-corpus" % ("ok" if equal >= FLOOR_EQUAL and refused >= FLOOR_REFUSED else "not ok"))


main()
