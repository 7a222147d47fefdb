#!/usr/bin/env python3
"""Records histories of both kinds on both engines and has them judged strict serializable.

    run.py RECORDER JUDGE FOLDER [--seconds 30] [--seed N] [--faulty RECORDER]

First the judge is tried: it must refuse every history of planted/, and one of SNAPSHOT transactions, which allow write skew; with --faulty
also one of a store that does not validate. The histories stay in FOLDER. Exit code 1 if any verdict is not the one that is due.
"""

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

PLANTED = Path(__file__).parent / "planted"
SATISFIED, VIOLATED = 0, 1


class Trial:
    def __init__(self, options):
        self.options = options
        self.failures = 0

    def record(self, name, kind, *arguments, recorder=None, seconds=None):
        path = self.options.folder / f"{name}.jsonl"
        command = [recorder or self.options.recorder, kind, str(seconds or self.options.seconds), path, "--seed", str(self.options.seed), *arguments]
        subprocess.run(command, check=True)
        return path

    def judge(self, kind, path, due, model="strict-serializable", anomaly=""):
        """`anomaly` must be named by the judge."""
        result = subprocess.run([self.options.judge, kind, path, model], stdout=subprocess.PIPE, text=True, check=False)
        verdict = result.stdout.splitlines()[-1] if result.stdout else "no verdict"
        as_due = result.returncode == due and anomaly in result.stdout
        print(f"{'as due' if as_due else 'NOT AS DUE'}: {path.name}: {verdict}", flush=True)
        if not as_due:
            print(result.stdout)
            self.failures += 1


def try_judge(trial):
    planted = sorted(PLANTED.glob("*.jsonl"))
    if not planted:
        sys.exit(f"{PLANTED} has no histories")
    for path in planted:
        kind, anomaly, _ = path.name.split(".")
        trial.judge(kind, path, VIOLATED, "serializable", anomaly)
    # Commits that wait for a disk overlap; in memory, on few cores, they hardly do.
    path = trial.record("snapshot", "list-append", "--isolation", "snapshot", "--engine", "rocksdb")
    trial.judge("list-append", path, VIOLATED, "serializable", "G2-item")
    trial.judge("list-append", path, SATISFIED, "snapshot-isolation")
    if trial.options.faulty:
        path = trial.record("no-validation", "list-append", "--plant", "NoValidation", recorder=trial.options.faulty)
        trial.judge("list-append", path, VIOLATED, "serializable")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recorder", type=Path)
    parser.add_argument("judge", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or random.randrange(1 << 32)))
    parser.add_argument("--faulty", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    trial = Trial(options)
    try_judge(trial)
    for kind in ("list-append", "bank"):
        for engine in ("memory", "rocksdb"):
            path = trial.record(f"{kind}.{engine}", kind, "--engine", engine)
            trial.judge(kind, path, SATISFIED)
    sys.exit(1 if trial.failures else 0)


if __name__ == "__main__":
    main()
