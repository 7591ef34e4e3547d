"""A reader that stops among 1,000: what the others notice (`amiload slow`)."""
import json
import subprocess

from lab import Failure, Lab, expect


def reader_stops(args):
    """1,000 readers, 20 events a second of 1 KiB; in every other turn one more that hears everything and has stopped to read"""
    if not args.amiload:
        raise Failure('--amiload is needed: cargo build --release in benches/amiload')
    with Lab(args.binary) as lab:
        command = [args.amiload, 'slow', '--ami', f'127.0.0.1:{lab.ami}', '--user', 'plain', '--secret', 'plain-secret',
                   '--server-pid', str(lab.pid), '--subscribers', '1000', '--rate', '20', '--pad', '1000',
                   '--slow-user', 'stopped', '--slow-secret', 'stopped-secret', '--flood', '9000',
                   '--seconds', str(args.turn), '--turns', str(args.turns), '--calls']
        done = subprocess.run(command, capture_output=True, text=True, timeout=args.turn * args.turns * 2 + 300)
    if done.returncode:
        raise Failure(done.stderr[-2000:])
    found = json.loads(done.stdout)['metrics']
    lost = found['alone_lost'] + found['with_lost'] + found['healthy_closed']
    expect(lost == 0, f'{lost} events or readers lost')
    expect(found['calls_failed'] == 0, 'calls failed')
    expect(found['slow_events_read_late'] > 0, 'the one that stopped did read')
    moved = found['moved_percent']
    expect(moved < 10, f'the p99 of the others moved by {moved:.1f} %')
    return (f'the p99 of delivery moves by {moved:+.1f} % (median of the ratios of {args.turns} neighbouring turns with and '
            f'without it; medians of the turns {found["with_turns_p99_us"] / 1e3:.1f} and '
            f'{found["alone_turns_p99_us"] / 1e3:.1f} ms), the CPU of an event to all from '
            f'{found["alone_cpu_us_per_event"] / 1e3:.1f} to {found["with_cpu_us_per_event"] / 1e3:.1f} ms; no event lost, no '
            f'reader closed, {found["calls"]:.0f} calls meanwhile, none failed')
