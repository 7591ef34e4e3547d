#!/bin/sh
# The purity line (ARCHITECTURE.md): these crates take time and entropy as arguments, and know no
# runtime, socket, file or thread. Looks at what they depend on and at what they say.
set -e
cd "$(dirname "$0")/.."

pure="conf ami model dialplan switch manager"
forbidden='tokio|mio|async-std|smol|socket2|hyper|reqwest|rand|getrandom|fastrand|crossbeam-channel|notify'
spoken='Instant::now|SystemTime::now|Timestamp::now|Zoned::now|std::net::(Tcp|Udp)|std::thread|std::fs|std::os|rand::'
# conf reads files through what it is handed; nothing else is let off.
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
