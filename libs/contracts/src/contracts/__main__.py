"""`python -m contracts`: generate, check and release the contracts in a checkout."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from contracts import asyncapi, checks
from contracts.releases import ReleaseError, advice, advice_for_new, changed_since, gate, load_releases, write_release


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0, or 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m contracts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("generate", help="write the schemas and the AsyncAPI document")
    commands.add_parser("check", help="schemas current, examples complete, compatible with every release")
    commands.add_parser("asyncapi", help="print the AsyncAPI document")
    release = commands.add_parser("release", help="freeze the current schemas as a release")
    release.add_argument("version", help="MAJOR.MINOR.PATCH, never used before")
    chosen = parser.parse_args(arguments)
    if chosen.command == "asyncapi":
        return _say(asyncapi.render(asyncapi.document(_version())))
    if not checks.SCHEMAS.parent.joinpath("topics").is_dir() or not checks.ROOT.joinpath("pyproject.toml").is_file():
        return _say("this command needs a checkout of the repository", 1)
    if chosen.command == "generate":
        return _generate()
    return _check() if chosen.command == "check" else _release(chosen.version)


def _generate() -> int:
    files = checks.generated(_version())
    checks.SCHEMAS.mkdir(exist_ok=True)
    for path in set(checks.SCHEMAS.glob("*.schema.json")) - files.keys():
        path.unlink()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return _say(f"{len(files)} files written")


def _check() -> int:
    current, releases = checks.current_schemas(), load_releases(checks.RELEASED)
    problems, refusals = checks.problems(_version()), gate(current, releases)
    for problem in problems:
        _say(problem)
    for refusal in refusals:
        versions = ", ".join(refusal.releases)
        _say(f"{refusal.type} is not compatible with {versions}: {refusal.finding.path} {refusal.finding.change}")
        _say(f"  {advice(refusal.type, refusal.finding.first)}")
    if refusals:
        _say("Inside a major version either side must be deployable first: publish the change as a new version on a new topic.")
    if problems or refusals:
        return 1
    new, changed = changed_since(current, releases)
    for type_ in new:
        _say(f"new: {type_}: deploy {advice_for_new(type_)}")
    for type_ in changed:
        _say(f"changed compatibly: {type_}: deploy either side first")
    return _say(f"{len(current)} events hold against {len(releases)} release(s): {', '.join(releases) or 'none yet'}")


def _release(number: str) -> int:
    current, releases = checks.current_schemas(), load_releases(checks.RELEASED)
    if checks.problems(_version()) or gate(current, releases):
        return _say("the contracts do not hold: run `python -m contracts check`", 1)
    try:
        folder = write_release(checks.RELEASED, number, current)
    except ReleaseError as error:
        return _say(str(error), 1)
    return _say(f"released {number}: {folder.relative_to(checks.ROOT)}")


def _version() -> str:
    return version("bihuan-contracts")


def _say(text: str, status: int = 0) -> int:
    sys.stdout.write(text.rstrip("\n") + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
