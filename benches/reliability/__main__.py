"""Faults that the server survives, one case each, and the table of what came of them.

  benches/reliability BINARY [--only CASE,CASE] [--soak 30m] [--amiload PATH] [--write | --quick]

Needs Python's standard library, Linux, and for single cases: user namespaces (`unshare -r`: disk_full,
half_open), libfaketime (clock_set), amiload (reader_stops). Exits with 0 if all that was run came out as it
should, 1 if not, 2 if the command line is wrong. With --quick no
namespaces are needed, and the disk is full by a limit on the size of files. --write keeps the figures in benches/results/reliability.json
and writes docs/reliability.md from all that are kept.
"""
import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from clock import clock_set  # noqa: E402
from lab import Failure  # noqa: E402
from readers import reader_stops  # noqa: E402
from resources import descriptors_exhausted, disk_full, half_open, raise_limits  # noqa: E402
from restarts import kill_in_a_burst, reconnect_at_once, torn_files  # noqa: E402
from soak import soak  # noqa: E402

CASES = [kill_in_a_burst, disk_full, descriptors_exhausted, clock_set, half_open, torn_files, reconnect_at_once,
         reader_stops, soak]
ROOT = os.path.dirname(os.path.dirname(HERE))
KEPT = os.path.join(ROOT, 'benches', 'results', 'reliability.json')
PAGE = os.path.join(ROOT, 'docs', 'reliability.md')


def main():
    args = arguments()
    raise_limits()
    failed = 0
    for case in args.only or CASES:
        began = time.monotonic()
        try:
            figures = case(args)
        except (Failure, OSError, subprocess.SubprocessError) as error:
            failed += 1
            print(f'{case.__name__}: FAILED: {error}', flush=True)
            continue
        if args.inside:
            print(figures)
            continue
        print(f'{case.__name__} ({time.monotonic() - began:.0f} s): {figures}', flush=True)
        kept = read()  # others may have been added meanwhile
        kept[case.__name__] = {'figures': figures, 'date': f'{datetime.date.today():%-d %B %Y}', 'machine': machine()}
        if args.write:
            write(kept)
    return 1 if failed else 0


def arguments():
    names = {case.__name__: case for case in CASES}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('binary', help='the server')
    parser.add_argument('--only', type=lambda text: [names[name] for name in text.split(',')], metavar='CASE,CASE',
                        help='of ' + ', '.join(names))
    parser.add_argument('--soak', type=duration, default=duration('30m'), help='how long: 90s, 30m, 12h')
    parser.add_argument('--amiload', help='the load generator, for reader_stops')
    parser.add_argument('--turns', type=int, default=20, help='of reader_stops, with and without the one that stops')
    parser.add_argument('--turn', type=int, default=3, help='seconds of each')
    parser.add_argument('--quick', action='store_true', help='fewer and shorter, where no figures are wanted')
    parser.add_argument('--write', action='store_true', help='write docs/reliability.md')
    parser.add_argument('--inside', action='store_true', help=argparse.SUPPRESS)
    return parser.parse_args()


def duration(text):
    return float(text[:-1]) * {'s': 1, 'm': 60, 'h': 3600}[text[-1]]


def machine():
    with open('/proc/cpuinfo') as file:
        model = next((line.split(': ', 1)[1].strip() for line in file if line.startswith('model name')), '')
    return f'{os.cpu_count()} cores ({model or platform.machine()}), Linux {platform.release().split("-")[0]}'


def read():
    try:
        with open(KEPT) as file:
            return json.load(file)
    except OSError:
        return {}


def write(kept):
    with open(KEPT, 'w') as file:
        json.dump(kept, file, indent=1)
        file.write('\n')
    with open(os.path.join(HERE, 'page.md')) as file:
        head = file.read()
    rows = [f'| {case.__doc__} | {kept[case.__name__]["figures"]} | {kept[case.__name__]["date"]} |'
            for case in CASES if case.__name__ in kept]
    machines = sorted({one['machine'] for one in kept.values()})
    with open(PAGE, 'w') as file:
        file.write(head.replace('@MACHINE@', '; '.join(machines)).replace('@ROWS@', '\n'.join(rows)))


if __name__ == '__main__':
    sys.exit(main())
