"""The cases of a test program: its functions `case_NAME`, each in a folder of its own, all to the end."""

import pathlib
import shutil
import sys
import tempfile
import time
import traceback


def is_missing(programs):
    """Whether some of the programs aren't installed; then it is said, as a test that was skipped."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        print(f"SKIPPED {', '.join(missing)} not installed\npassed=0 failed=0 skipped=1")
    return bool(missing)


def run_cases(functions, only, make):
    """Runs those of `functions` (a module's globals()) that are cases and, if there are any, in `only`.

    make(name, folder) makes what a case works with; its stop(), if it has one, is called at the end. Prints a line per
    case, then passed=N failed=N skipped=N. Returns whether one failed.
    """
    passed = failed = 0
    for whole_name, run in list(functions.items()):
        name = whole_name.removeprefix("case_")
        if name == whole_name or (only and name not in only):
            continue
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="stateferry-case-") as folder:
            case = make(name, pathlib.Path(folder))
            try:
                run(case)
                passed += 1
                word = "passed"
            except Exception:  # pylint: disable=broad-except
                failed += 1
                word = "FAILED"
                traceback.print_exc(file=sys.stdout)
            finally:
                getattr(case, "stop", lambda: None)()
        print(f"{word} {name} {time.monotonic() - started:.1f} s", flush=True)
    print(f"passed={passed} failed={failed} skipped=0")
    return failed > 0
