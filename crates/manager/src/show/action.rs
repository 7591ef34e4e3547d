//! `manager show commands` and `manager show command X`.

use super::section;
use ami::Dialect;
use ami::action::{Action, Declaration, Kind};

/// So wide is a screen.
const SCREEN: usize = 80;

/// All actions of today's dialect, in two columns.
pub fn commands() -> String {
    let all = Action::DECLARATIONS.iter();
    let mut all: Vec<_> = all
        .filter(|action| action.is_spoken(Dialect::V22))
        .collect();
    all.sort_by_key(|action| action.name.to_ascii_lowercase());
    let width = all
        .iter()
        .map(|action| action.name.len())
        .max()
        .unwrap_or_default();
    let room = SCREEN.saturating_sub(width + 4);
    let row = |name: &str, synopsis: &str| format!("  {name:width$}  {synopsis:.room$}\n");
    let head = row("Action", "Synopsis") + &row("------", "--------");
    all.iter().fold(head, |text, action| {
        text + &row(action.name, action.synopsis)
    })
}

/// All there is to know of one; `None` if there is none of this name.
pub fn command(name: &str) -> Option<String> {
    let action = ami::action::declaration(name)?;
    let mut text = section("Synopsis", action.synopsis)
        + &section("Description", action.description)
        + &section("Syntax", syntax(action).trim_end());
    let arguments = arguments(action);
    if !arguments.is_empty() {
        text += &section("Arguments", arguments.trim_end());
    }
    text += &section("Privilege", &action.classes.to_string());
    if let Some(dialect) = action.dialect {
        text += &section("Dialect", &dialect.to_string());
    }
    if let Some(complete) = action.complete {
        text += &section("List Responses", &format!("Ends with {complete}."));
    }
    Some(text)
}

fn syntax(action: &Declaration) -> String {
    let head = format!("Action: {}\n[ActionID:] <value>\n", action.name);
    let parameters = action
        .parameters
        .iter()
        .filter(|parameter| parameter.kind != Kind::Others);
    parameters.fold(head, |text, parameter| {
        let name = parameter.name;
        text + &if parameter.required {
            format!("{name}: <value>\n")
        } else {
            format!("[{name}:] <value>\n")
        }
    })
}

fn arguments(action: &Declaration) -> String {
    let lines = action.parameters.iter().map(|parameter| {
        let description = parameter.description.replace('\n', " ");
        format!("{}\n    {description}\n", parameter.name)
    });
    lines.collect()
}
