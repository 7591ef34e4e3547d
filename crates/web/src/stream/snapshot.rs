//! `GET /snapshot`: the state at one place in the order of events, as events that tell it.

use super::{Feed, Item, Start, sse};
use crate::answer::{Answer, Refusal};
use crate::caller::Caller;
use crate::web::{Request, Web};
use hyper::StatusCode;

/// Answers a request.
pub(crate) async fn serve(web: &Web, request: Request) -> Result<Answer, Refusal> {
    let caller = Caller::of(web, &request.parts.headers, &request.ends).await?;
    let caller = caller.ok_or(Refusal::Unauthorized)?;
    let start = Start {
        after: None,
        snapshot: true,
    };
    let mut feed = Feed::open(web, &caller, &request.ends, start).await?;
    loop {
        match feed.next().await {
            Item::Snapshot(mark, events) => {
                let text = format!("{{\"at\":\"{mark}\",\"events\":{}}}", sse::list(&events));
                return Ok(web.answers().of(StatusCode::OK, "application/json", text));
            }
            Item::Over(_) => return Err(Refusal::Unavailable),
            Item::Mark(_) | Item::Gap(_) | Item::Event(..) | Item::Pause | Item::Answer(_) => {}
        }
    }
}
