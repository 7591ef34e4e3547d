//! The configuration file format: sections, templates, includes.
