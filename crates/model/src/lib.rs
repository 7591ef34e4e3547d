//! The switch's vocabulary: ids, snapshots, events, commands.
