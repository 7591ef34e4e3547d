//! Spans on their way to a collector: OTLP over HTTP, as JSON (opentelemetry.io/docs/specs/otlp).

mod collector;
mod encode;
mod exporter;
mod settings;

pub(super) use exporter::Exporter;
pub(crate) use settings::Settings;
