#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""count.py DIR: adds up the single tests of DIR's JUnit files; prints what failed and `N passed, N failed, N skipped` last."""
import glob
import sys
import xml.etree.ElementTree as ET


def main():
    passed = failed = skipped = 0
    for path in sorted(glob.glob(sys.argv[1] + "/*.xml")):
        for suite in ET.parse(path).getroot().iter("testsuite"):
            cases = suite.findall("testcase")
            for case in cases:
                if case.find("failure") is not None or case.find("error") is not None:
                    failed += 1
                    print("FAILED %s: %s" % (case.get("classname"), case.get("name")))
                elif case.find("skipped") is not None:
                    skipped += 1
                else:
                    passed += 1
            # a program that died says so only in the counts of its suite
            lost = int(suite.get("errors") or 0) + int(suite.get("failures") or 0) - sum(
                c.find("failure") is not None or c.find("error") is not None for c in cases)
            if lost > 0:
                failed += lost
                print("FAILED %s: ended before its plan" % suite.get("name"))
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
