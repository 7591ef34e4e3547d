//! voicemail.conf: who has a mailbox, and how it behaves.

use conf::{Config, Diagnostic, Entry, Section, Settings as _};
use model::MailboxUser;
use std::time::Duration;

/// voicemail.conf, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings {
    /// Those who have a mailbox, in the order of the file.
    pub(super) users: Vec<MailboxUser>,
    /// How often the folders are looked into; never if there is none.
    pub(crate) poll: Option<Duration>,
}

/// What can be said in voicemail.conf.
#[cfg(test)]
pub(crate) const HELP: conf::Help = conf::Help::of::<General>("voicemail.conf", "[general]");

/// The section [general]: what holds for everybody.
#[derive(Clone, Debug, conf::Settings)]
struct General {
    /// Whom mail comes from.
    #[setting(name = "serveremail", default = "asterisk")]
    server_email: String,
    /// And by what name.
    #[setting(name = "fromstring")]
    from: String,
    /// The program that sends mail.
    #[setting(name = "mailcmd", default = "/usr/sbin/sendmail -t")]
    mail_command: String,
    /// Send the message along with mail.
    #[setting(default = "yes")]
    attach: bool,
    /// The language of the prompts.
    language: String,
    /// The time zone of times that are told.
    tz: String,
    /// The context to call back from.
    callback: String,
    /// The context to call out from.
    #[setting(name = "dialout")]
    dial_out: String,
    /// The context that callers leave to.
    #[setting(name = "exitcontext")]
    exit_context: String,
    /// The shortest message whose length is told, in minutes.
    #[setting(name = "saydurationm", default = "2")]
    say_duration_minimum: u32,
    /// Tell the time of a message.
    #[setting(default = "yes")]
    envelope: bool,
    /// Tell the caller of a message.
    #[setting(name = "saycid")]
    say_caller: bool,
    /// By how much messages in mail are louder, in decibels.
    #[setting(name = "volgain", default = "0")]
    volume_gain: f64,
    /// Let callers listen to what they said.
    review: bool,
    /// Pass messages on as urgent as they came, without asking.
    #[setting(name = "forward_urgent_auto")]
    forward_urgency: bool,
    /// Let callers ask for the operator.
    operator: bool,
    /// The most messages of a folder.
    #[setting(name = "maxmsg", default = "100", min = 1, max = 9_999)]
    most_messages: u32,
    /// The longest message in seconds; 0 is no limit.
    #[setting(name = "maxsecs", alias = "maxmessage", default = "0")]
    longest_message: u32,
    /// Look into the folders for what other programs have changed.
    #[setting(name = "pollmailboxes")]
    poll: bool,
    /// How often, in seconds.
    #[setting(name = "pollfreq", default = "30", min = 1, max = 86_400)]
    poll_seconds: u32,
    /// What only matters where messages are recorded and played.
    #[setting(entries, name = "*")]
    _others: Vec<Entry>,
}

impl Settings {
    /// Reads voicemail.conf.
    pub(crate) fn read(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let general = match config.section("general") {
            Some(section) => General::read(section, diagnostics),
            None => General::default(),
        };
        let contexts = config.concrete().filter(|section| is_context(section));
        let users = contexts.flat_map(|section| {
            section
                .entries
                .iter()
                .map(|entry| (section.name.as_str(), entry))
        });
        let poll = general
            .poll
            .then(|| Duration::from_secs(general.poll_seconds.into()));
        let users = users
            .filter_map(|(context, entry)| user(&general, context, entry, diagnostics))
            .collect();
        Self { users, poll }
    }
}

fn is_context(section: &Section) -> bool {
    !["general", "zonemessages", "aliases"]
        .iter()
        .any(|name| section.name.eq_ignore_ascii_case(name))
}

/// One line: `number => secret,name,email,pager,option=value|option=value`.
fn user(
    general: &General,
    context: &str,
    entry: &Entry,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<MailboxUser> {
    if !super::spool::is_name(&entry.key) || !super::spool::is_name(context) {
        let message = format!("`{}` cannot name a mailbox", entry.key);
        diagnostics.push(Diagnostic::warning(
            &entry.at,
            message,
            "use digits and letters",
        ));
        return None;
    }
    let mut parts = entry.value.splitn(5, ',').map(str::trim);
    let _secret = parts.next();
    let mut user = MailboxUser {
        context: context.to_owned(),
        mailbox: entry.key.clone(),
        full_name: parts.next().unwrap_or_default().to_owned(),
        email: parts.next().map(str::to_owned),
        pager: parts.next().unwrap_or_default().to_owned(),
        ..of_general(general)
    };
    for option in parts
        .next()
        .unwrap_or_default()
        .split('|')
        .map(str::trim)
        .filter(|option| !option.is_empty())
    {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        set(&mut user, name.trim(), value.trim());
    }
    Some(user)
}

fn of_general(general: &General) -> MailboxUser {
    MailboxUser {
        server_email: general.server_email.clone(),
        from: general.from.clone(),
        mail_command: general.mail_command.clone(),
        language: general.language.clone(),
        time_zone: general.tz.clone(),
        callback: general.callback.clone(),
        dial_out: general.dial_out.clone(),
        exit_context: general.exit_context.clone(),
        say_duration_minimum: general.say_duration_minimum,
        say_envelope: general.envelope,
        say_caller: general.say_caller,
        attach: general.attach,
        volume_gain: general.volume_gain,
        review: general.review,
        mark_urgent: !general.forward_urgency,
        operator: general.operator,
        most_messages: general.most_messages,
        longest_message: general.longest_message,
        ..MailboxUser::default()
    }
}

/// An option of one mailbox; what only matters where messages are recorded and played is left out.
fn set(user: &mut MailboxUser, name: &str, value: &str) {
    let yes = ["yes", "true", "y", "t", "1", "on"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(value));
    let number = |before: u32| value.parse().unwrap_or(before);
    match name.to_ascii_lowercase().as_str() {
        "attach" => user.attach = yes,
        "attachfmt" => value.clone_into(&mut user.attach_format),
        "serveremail" => value.clone_into(&mut user.server_email),
        "fromstring" => value.clone_into(&mut user.from),
        "mailcmd" => value.clone_into(&mut user.mail_command),
        "language" => value.clone_into(&mut user.language),
        "tz" => value.clone_into(&mut user.time_zone),
        "callback" => value.clone_into(&mut user.callback),
        "dialout" => value.clone_into(&mut user.dial_out),
        "exitcontext" => value.clone_into(&mut user.exit_context),
        "uniqueid" => value.clone_into(&mut user.unique_id),
        "saydurationm" => user.say_duration_minimum = number(user.say_duration_minimum),
        "envelope" => user.say_envelope = yes,
        "saycid" => user.say_caller = yes,
        "delete" | "deletevoicemail" => user.delete = yes,
        "volgain" => user.volume_gain = value.parse().unwrap_or(user.volume_gain),
        "review" => user.review = yes,
        "operator" => user.operator = yes,
        "maxmsg" => user.most_messages = number(user.most_messages),
        "maxsecs" | "maxmessage" => user.longest_message = number(user.longest_message),
        "forward_urgent_auto" => user.mark_urgent = !yes,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_with_their_options() {
        let text = "[general]\nattach = yes\nmaxmsg = 50\nformat = wav49\n[zonemessages]\neastern = x|y\n\
            [default]\n100 => 4321,Alice Lab,alice@lab.test,,attach=no|volgain=2.5|saycid = yes\n101 => 4321,Bob\n\
            ../x => 1,Evil\n[sales]\n100 => 1\n";
        let config = conf::load(&conf::Memory::default().with("v", text), "v").unwrap();
        let mut diagnostics = Vec::new();
        let settings = Settings::read(&config, &mut diagnostics);
        let names: Vec<_> = settings
            .users
            .iter()
            .map(|user| format!("{}@{}", user.mailbox, user.context))
            .collect();
        assert_eq!(names, ["100@default", "101@default", "100@sales"]);
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        let alice = &settings.users[0];
        assert_eq!(
            (alice.attach, alice.say_caller, alice.volume_gain),
            (false, true, 2.5)
        );
        assert_eq!(
            (alice.email.as_deref(), alice.most_messages),
            (Some("alice@lab.test"), 50)
        );
        assert_eq!(
            (settings.users[1].email.as_deref(), settings.users[1].attach),
            (None, true)
        );
        assert_eq!(settings.poll, None);
    }
}
