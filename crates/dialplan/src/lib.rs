//! extensions.conf: patterns, expressions, variables.
