//! What Dial is asked: whom to call, for how long, and how.

use std::time::Duration;

/// The option letters Dial knows.
pub(super) const OPTIONS: &[(&str, &str)] = &[
    (
        "g",
        "Go on with the dialplan when the called party hangs up.",
    ),
    ("r", "Tell the caller that it rings before it does."),
];

/// Whom to call and how.
#[derive(Debug)]
pub(super) struct Request {
    /// Technology and resource of each.
    pub(super) destinations: Vec<(String, String)>,
    pub(super) timeout: Option<Duration>,
    pub(super) options: Options,
}

/// How.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// `g`: the dialplan goes on when the called party hangs up.
    pub(super) go_on: bool,
    /// `r`: the caller hears it ring at once.
    pub(super) ring: bool,
}

impl Request {
    pub(super) fn parse(data: &str) -> Option<Self> {
        let mut arguments = dialplan::arguments_up_to(data, 4).into_iter();
        let destinations = arguments.next().unwrap_or_default();
        let destination = |text: &str| -> Option<(String, String)> {
            let (technology, resource) = text.trim().split_once('/')?;
            (!resource.is_empty()).then(|| (technology.to_owned(), resource.to_owned()))
        };
        let destinations: Vec<_> = destinations.split('&').filter_map(destination).collect();
        if destinations.is_empty() {
            return None;
        }
        let timeout = arguments.next().unwrap_or_default();
        let timeout = crate::app::wait::seconds(&timeout).filter(|time| !time.is_zero());
        let options = Options::parse(&arguments.next().unwrap_or_default());
        Some(Self {
            destinations,
            timeout,
            options,
        })
    }
}

impl Options {
    fn parse(text: &str) -> Self {
        let mut options = Self::default();
        for (letter, _) in dialplan::options(text) {
            match letter {
                'g' => options.go_on = true,
                'r' => options.ring = true,
                _ => {
                    tracing::warn!(option = %letter, "Dial: this option is not known and does nothing")
                }
            }
        }
        options
    }
}
