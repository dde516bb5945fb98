"""The program differential, kept running: one request in, one answer out."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


class Crate:
    def __init__(self):
        program = TARGET / "release" / "differential"
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request):
        """The answer, which is {"error": ...} when the request was refused."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def need(self, **request):
        """The answer to a request that must not be refused."""
        answer = self.ask(**request)
        if "error" in answer:
            raise SystemExit(f"{answer['error']} for {request}")
        return answer
