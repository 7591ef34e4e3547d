//! What accounts may do.

use super::{Step, done, failed};
use crate::rules::explain;
use crate::session::Session;
use ami::action::rights::Explain;
use ami::{Classes, Message, response};
use model::Now;

pub(super) fn explain_action(session: &Session, now: Now, id: &str, action: &Explain) -> Step {
    let Some(own) = session.account() else {
        return failed(id, response::text::PERMISSION_DENIED);
    };
    let user = match action.explain_user.as_deref() {
        Some(name) if !name.eq_ignore_ascii_case(&own.name) => {
            if !own.write.intersects(Classes::SYSTEM | Classes::CONFIG) {
                return failed(id, response::text::PERMISSION_DENIED);
            }
            match session.node.settings.user(name) {
                Some(user) => user,
                None => return failed(id, "No such account"),
            }
        }
        Some(_) | None => own,
    };
    const OURS: [&str; 4] = ["Action", "ActionID", "Explain", "ExplainUser"];
    let mut message = Message::new().with_text("Action", &action.explain);
    for (name, value) in &action.headers.0 {
        if !OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
            message.header_text(name, value);
        }
    }
    let told = explain(user, &message, now);
    let answer = response::success(id)
        .with("ExplainUser", &user.name)
        .with("Explain", &action.explain)
        .with(
            "Decision",
            if told.permitted {
                "permitted"
            } else {
                "denied"
            },
        )
        .with("Reason", told.reason)
        .with("DecidedAt", told.at)
        .with("DecidedBy", told.by);
    done(answer)
}
