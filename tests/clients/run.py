#!/usr/bin/env python3
"""Has other people's manager clients, unmodified, use our server; writes docs/clients.md of it.

  run.py SERVER [NAME ...]           run the clients (all, or those named), compare docs/clients.md
  run.py SERVER --write              run all and write docs/clients.md

A client is a row in clients.py and a small program. The program reads a step a line on its standard
input (`list`, `originate<TAB>Local/wait@lab`), does it with the client's own API, and answers with a
line: `ok STEP<TAB>VALUE...` with what the API told, or `fail STEP: WHY`. What is true is judged here.
"""
import argparse
import concurrent.futures
import os
import sys
import time

import document
from clients import CLIENTS
from session import TESTS, Session

os.environ.setdefault('LAB_BOOT', '0')
DOCUMENT = os.path.join(os.path.dirname(TESTS), 'docs', 'clients.md')


def run(binary, client, dialect):
    """One client in one dialect; prints and gives the outcome of each step."""
    began = time.monotonic()
    outcomes = Session(binary, client, dialect).run()
    failed = {step: why for step, why in outcomes.items() if why}
    print(f'{"FAIL" if failed else "ok  "} {client.name} ({client.registry}) in dialect {dialect}, '
          f'{time.monotonic() - began:.1f} s', flush=True)
    for step, why in failed.items():
        print(f'     {step}: {why}', flush=True)
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('server', help='the program under test')
    parser.add_argument('names', nargs='*', help='clients, by name or registry/name')
    parser.add_argument('-j', '--jobs', type=int, default=2)
    parser.add_argument('--write', action='store_true', help='write docs/clients.md')
    options = parser.parse_args()
    wanted = [(client, dialect) for client in CLIENTS for dialect in client.dialects
              if not options.names or client.name in options.names
              or f'{client.registry}/{client.name}' in options.names]
    if not wanted:
        parser.error('no such client')

    binary = os.path.abspath(options.server)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = dict(zip(wanted, pool.map(lambda one: run(binary, *one), wanted)))

    steps = [why for outcomes in results.values() for why in outcomes.values()]
    failed = sum(why is not None for why in steps)
    if not options.names:
        text = document.render(results)
        if options.write:
            with open(DOCUMENT, 'w') as file:
                file.write(text)
        elif not document.is_current(DOCUMENT, text):
            failed += 1
    print(f'{len(steps) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
