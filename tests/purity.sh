#!/bin/sh
# The purity line (ARCHITECTURE.md): these crates take time and seeds as arguments, and know no
# runtime, socket or thread. Looks at what they depend on and at what they say.
set -e
cd "$(dirname "$0")/.."

pure="stray conf ami model dialplan switch manager"
# (fastrand without its default features has no generator but a seeded one.)
forbidden='tokio|mio|async-std|smol|socket2|hyper|reqwest|getrandom|crossbeam-channel|notify'
spoken='Instant::now|SystemTime::now|Timestamp::now|Zoned::now|std::net::(Tcp|Udp)|std::thread|OsRng|thread_rng|rand::rng\(|from_os_rng'
failed=0

for crate in $pure; do
    names=$(cargo tree --quiet -p "$crate" -e normal --prefix none --format '{p}' | cut -d' ' -f1 | sort -u)
    if found=$(printf '%s\n' "$names" | grep -xE "$forbidden"); then
        echo "$crate depends on $found"
        failed=1
    fi
    # Tests may do as they please: they come last in a file, or live in tests/.
    for file in $(find "crates/$crate/src" -name '*.rs'); do
        if found=$(sed '/^#\[cfg(test)\]/,$d' "$file" | grep -nE "$spoken" | grep -vE '^[0-9]+: *//'); then
            echo "$file: $found"
            failed=1
        fi
    done
done
[ $failed = 0 ] && echo "pure: $pure"
exit $failed
