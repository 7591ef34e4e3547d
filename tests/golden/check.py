#!/usr/bin/env python3
"""Plays every recorded scenario against a server and holds it to those listed in expected.txt.

  check.py SERVER [-j N] [NAME ...]

Each is recorded by the server, too, whose replay must tell the same events (docs/recordings.md).
Prints how many of all pass, which of the expected do not and which pass unexpectedly; fails if one
of the expected does not. An expected scenario that fails is played once more by itself, since the
machine may have been busy. deviations.txt says where we differ on purpose.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile

import golden

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(HERE, 'scenarios')


def lines(name):
    """The lines of a list, without comments."""
    with open(os.path.join(HERE, name)) as file:
        found = (line.partition('#')[0].strip() for line in file)
        return [line for line in found if line]


def deviations():
    """{scenario pattern: {rule: [arguments]}} in the words of the scenario language, and `except`."""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in lines('deviations.txt'):
        pattern, rule, *arguments = shlex.split(line)
        if rule not in (*golden.RULES, 'except'):
            sys.exit(f'deviations.txt: no such rule: {line}')
        found[pattern][rule].append(' '.join(arguments) if rule == 'lines' else arguments)
    return found


def leave_out(transcript, exceptions):
    """The messages that no exception is about: one is about those whose headers match all it says."""
    def is_about(exception, message):
        pairs = (pair.split('=', 1) for pair in exception)
        return all(re.search(pattern, golden.get(message, header) or '') for header, pattern in pairs)

    return [(label, message) for label, message in transcript
            if not any(is_about(exception, message) for exception in exceptions)]


def replay(server, recording):
    """What goes wrong when a server's own recordings are replayed. One that could not start has none."""
    for file in glob.glob(recording + '*'):
        done = subprocess.run([server, 'replay', file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode and os.path.getsize(file):
            yield done.stderr.decode()
        os.remove(file)


def play(name, options, deviating):
    """What differs from the golden, and was not meant to; and in a replay from what the server did."""
    recording = os.path.join(options.recordings, name + '.rec')
    command = f'"{options.program}" -f -C "$LAB_ETC/asterisk.conf" --record "{recording}"'
    options = argparse.Namespace(**vars(options), server=command)
    _, transcript = golden.run_one(name, options)
    _, rules = golden.load(name, SCENARIOS)
    for pattern, more in deviating.items():
        if fnmatch.fnmatch(name, pattern):
            for rule, arguments in more.items():
                rules[rule] += arguments
    recorded = golden.read(os.path.join(SCENARIOS, name + '.golden'))
    recorded, transcript = (leave_out(told, rules.get('except', ())) for told in (recorded, transcript))
    differences = golden.compare(
        golden.normalise(recorded, rules), golden.normalise(transcript, rules), rules)
    return [*differences, *replay(options.program, recording)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('server')
    parser.add_argument('-j', dest='jobs', type=int, default=os.cpu_count() or 2)
    parser.add_argument('names', nargs='*', default=['*'], help='scenarios, as shell patterns')
    chosen = parser.parse_args()
    folder = tempfile.TemporaryDirectory()
    options = argparse.Namespace(program=os.path.abspath(chosen.server), recordings=folder.name,
                                 etc=os.path.join(HERE, 'etc'), scenarios=SCENARIOS)
    every = sorted(os.path.basename(path)[:-4] for path in glob.glob(os.path.join(SCENARIOS, '*.scn')))
    names = [name for name in every if any(fnmatch.fnmatch(name, pattern) for pattern in chosen.names)]
    expected, deviating = set(lines('expected.txt')), deviations()
    if unknown := expected - set(every):
        sys.exit(f'expected.txt: no such scenario: {", ".join(sorted(unknown))}')

    with concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        problems = dict(zip(names, pool.map(lambda name: play(name, options, deviating), names)))
    for name in expected & {name for name in names if problems[name]}:
        problems[name] = play(name, options, deviating)
        if not problems[name]:
            print(f'{name} passed at the second try')

    passed = {name for name in names if not problems[name]}
    broken = sorted((expected & set(names)) - passed)
    for name in broken:
        print(f'FAIL {name}\n    ' + '\n    '.join(problems[name]))
    if more := sorted(passed - expected):
        print('These pass too and may be added to expected.txt:', *more)
    print(f'golden: {len(passed)} of {len(names)} scenarios pass; '
          f'{len((expected & set(names)) - set(broken))} of {len(expected & set(names))} expected')
    sys.exit(bool(broken))


if __name__ == '__main__':
    main()
