"""Fuzzing that is led by what it reaches: Atheris with libFuzzer, over every reader.

    python -m tests.fuzz.guided association --seconds 60

Without a name every reader has its turn. Only refusals of ours may come out, memory stays bounded,
and no input may take five seconds. What is found lies in the corpus, which grows from run to run;
an input that fails is written there as `crash-…`, and `--input` shows it again.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

try:
    import atheris
except ImportError:  # there is a wheel for Linux on x86-64 alone
    atheris = None

HAS_ATHERIS: Final = atheris is not None
TESTDATA: Final = Path(__file__).parents[3] / "shared/testdata/dicom"
CORPUS: Final = Path(tempfile.gettempdir()) / "sonarium-fuzz"
LIMITS: Final = ("-timeout=5", "-rss_limit_mb=1024", "-max_len=8192", "-verbosity=0")


def run(name: str, corpus: Path, *options: str) -> int:
    """Fuzz one reader in a process of its own, which libFuzzer ends; returns its exit code."""
    command = (sys.executable, "-m", "tests.fuzz.guided", name, "--corpus", str(corpus), "--child")
    return subprocess.run([*command, *options], check=False).returncode


def fuzz(name: str, corpus: Path, options: list[str]) -> None:
    """Fuzz one reader; does not return."""
    with atheris.instrument_imports(include=["sonarium"]):
        from tests.fuzz.readers import READERS, REFUSALS  # noqa: PLC0415  # seen by Atheris

    reader = READERS[name]
    corpus.mkdir(parents=True, exist_ok=True)
    for number, good in enumerate(reader.begins_with(TESTDATA)):
        (corpus / f"good-{number:04}").write_bytes(good)

    def read(content: bytes) -> None:
        with contextlib.suppress(*REFUSALS):
            reader.read(content)

    arguments = [sys.argv[0], *LIMITS, f"-artifact_prefix={corpus}/", *options]
    if not any(Path(one).is_file() for one in options):
        arguments.append(str(corpus))
    atheris.Setup(arguments, read)
    atheris.Fuzz()


def main() -> int:
    """Fuzz what is named, or everything in turn; 1 when something failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", nargs="*")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--input", type=Path)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given, options = parser.parse_known_args()
    if not HAS_ATHERIS:
        print("Atheris is not installed: there is a wheel for Linux on x86-64 alone.")
        return 2
    if given.child:
        fuzz(given.reader[0], given.corpus, options)
    from tests.fuzz.readers import READERS  # noqa: PLC0415  # not before Atheris in the child

    wanted = given.reader or list(READERS)
    bound = [str(given.input)] if given.input else [f"-max_total_time={given.seconds}"]
    failed = [name for name in wanted if run(name, given.corpus / name, *bound, *options)]
    print(f"{len(wanted)} readers, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
