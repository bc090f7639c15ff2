# SPDX-License-Identifier: LGPL-2.1-or-later
"""Common mistakes get the reference's error code and domain (tests/golden/observed/errors.json); the detail text is ours."""
import json
import os

import pytest

from harness import host, mistakes

with open(os.path.join(host.ROOT, "tests/golden/observed/errors.json")) as f:
    GOLDEN = {(r["call"], r["situation"]): r for r in json.load(f)}

NO_SUPPORT = 3

# Rows where this project answers otherwise on purpose, with the reason.
DIFFERENT = {
}


@pytest.fixture(scope="module")
def setup(daemons):
    from conftest import event_loop
    event_loop()
    s = mistakes.Setup()
    yield s
    s.close()


@pytest.mark.parametrize("call,situation,fn", mistakes.ROWS, ids=["%s: %s" % r[:2] for r in mistakes.ROWS])
def test_mistake(setup, daemons, call, situation, fn):
    got = mistakes.attempt(setup, fn)
    mistakes.clean(setup)
    want = GOLDEN[call, situation]
    assert daemons.running(), daemons.tail()
    if got["code"] == NO_SUPPORT and want["code"] != NO_SUPPORT:
        pytest.skip("%s is not served yet: docs/support.md" % call)
    assert got["code"] == want["code"], "%s (reference: %s)" % (got["message"], want["message"])
    if want["code"]:
        assert got["domain"] == want["domain"], got["message"]
        assert got["level"] == want["level"]
        assert got["message"].strip(), "an error needs a text"
