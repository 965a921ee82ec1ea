"""Runs the scenarios that the command line names, and tells the suite what came of each."""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

from .client import Failure, MemberOptions, Unsupported

LIMIT_SECONDS = 60
SLOW_LIMIT_SECONDS = 90
SLOW = ("group-", "static-", "cooperative-", "consumer-protocol", "idempotent-", "partitions-added", "error-fenced")
SLOWEST_LIMIT_SECONDS = 240
SLOWEST = ("batch-100k", "broker-", "leader-change")
MESSAGE_CHARACTERS_MAX = 500


class Skipped(Exception):
    """The broker is not the suite's own."""


def run(open_client):
    """`open_client(servers)` makes the Client of a library."""
    from .scenarios import SCENARIOS

    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--prefix", default="compat")
    parser.add_argument("--member-of")
    parser.add_argument("--topic")
    parser.add_argument("--session-ms", type=int)
    parser.add_argument("scenarios", nargs="*")
    arguments = parser.parse_args()
    client = open_client(arguments.bootstrap.split(","))
    if arguments.member_of is not None:
        live_as_member(client, arguments)
    for name in arguments.scenarios:
        play(name, SCENARIOS.get(name), Scenario(client, arguments, name))
    # What threads of a library still do is of no interest.
    sys.stderr.flush()
    os._exit(0)


def play(name, steps, scenario):
    began = time.monotonic()
    outcome = {"outcome": "failed", "message": "not done in time"}

    def attempt():
        outcome.update(outcome_of(steps, scenario))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(limit_of(name))
    if thread.is_alive():
        outcome["message"] += f": it is at {place_of(thread)}"
    tell({"scenario": name, **outcome, "ms": round((time.monotonic() - began) * 1000)})


def place_of(thread):
    """The lines of the suite and of the client's program that a thread is in, from the scenario on."""
    stack = traceback.extract_stack(sys._current_frames()[thread.ident])
    own = [frame for frame in stack if "compat-tests" in frame.filename]
    return " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in own)


def limit_of(name):
    if name.startswith(SLOWEST):
        return SLOWEST_LIMIT_SECONDS
    return SLOW_LIMIT_SECONDS if name.startswith(SLOW) else LIMIT_SECONDS


def outcome_of(steps, scenario):
    try:
        if steps is None:
            raise Unsupported("the Python clients have no such scenario")
        steps(scenario)
        return {"outcome": "passed", "message": ""}
    except Unsupported as reason:
        return {"outcome": "unsupported", "message": str(reason)}
    except Skipped as reason:
        return {"outcome": "skipped", "message": str(reason)}
    except Exception as error:
        traceback.print_exc()
        return {"outcome": "failed", "message": f"{type(error).__name__}: {error}"[:MESSAGE_CHARACTERS_MAX]}


def tell(line):
    print(json.dumps(line), flush=True)


def live_as_member(client, arguments):
    """A member in a process of its own, which can die without a word. It ends with its parent, at the latest."""
    threading.Thread(target=end_with_stdin, daemon=True).start()
    options = MemberOptions(
        arguments.member_of, arguments.topic, client_id="child", session_timeout_ms=arguments.session_ms
    )
    member = client.join(options)
    while True:
        member.read()


def end_with_stdin():
    sys.stdin.read()
    os._exit(0)


class Scenario:
    """One run of one scenario: the client, the names, the checks."""

    def __init__(self, client, arguments, name):
        self.client = client
        self.arguments = arguments
        self.topic = f"{arguments.prefix}-{name}"
        self.group = f"{self.topic}-group"

    def ask(self, deed, **details):
        """Has the suite do something to the broker."""
        tell({"ask": deed, **details})
        answer = json.loads(sys.stdin.readline())
        if "refused" in answer:
            raise Skipped(answer["refused"])

    def require(self, holds, what):
        if not holds:
            raise Failure(what)

    def equal(self, what, seen, wanted):
        if seen != wanted:
            raise Failure(f"{what}: {str(seen)[:200]} instead of {str(wanted)[:200]}")

    def refused(self, what, code, call, *arguments):
        """The call must fail with this number of Kafka's."""
        error = self.error_of(call, *arguments)
        self.require(error is not None, f"{what} was not refused")
        self.require(self.client.code(error) == code, f"{what}: {self.client.code(error)} {error!r} instead of {code}")

    def error_of(self, call, *arguments):
        try:
            call(*arguments)
        except Unsupported:
            raise
        except Exception as error:
            return error
        return None

    def until(self, what, is_done, limit_seconds=30):
        deadline = time.monotonic() + limit_seconds
        while not is_done():
            self.require(time.monotonic() < deadline, f"{what}: not within {limit_seconds} s")
            time.sleep(0.02)

    def start_child_member(self, session_timeout_ms):
        command = [sys.executable, sys.argv[0], "--bootstrap", self.arguments.bootstrap]
        command += ["--member-of", self.group, "--topic", self.topic, "--session-ms", str(session_timeout_ms)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
