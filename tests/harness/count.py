#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""count.py DIR: adds up the single tests of DIR's JUnit files and meson logs; prints what failed and `N passed, N failed, N skipped` last."""
import glob
import json
import sys
import xml.etree.ElementTree as ET


def main():
    passed = failed = skipped = 0
    for path in sorted(glob.glob(sys.argv[1] + "/*.xml")):
        for suite in ET.parse(path).getroot().iter("testsuite"):
            for case in suite.findall("testcase"):
                if case.find("failure") is not None or case.find("error") is not None:
                    failed += 1
                    print("FAILED %s: %s" % (case.get("classname"), case.get("name")))
                elif case.find("skipped") is not None:
                    skipped += 1
                else:
                    passed += 1
    # a program that died is not in the JUnit file: only meson's own log tells
    for path in glob.glob(sys.argv[1] + "/*.json"):
        with open(path) as f:
            for row in map(json.loads, f):
                if row["result"] in ("ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS") or (row["result"] == "FAIL" and "\nnot ok " not in row["stdout"]):
                    failed += 1
                    print("FAILED %s: %s, status %s" % (row["name"], row["result"], row["returncode"]))
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
