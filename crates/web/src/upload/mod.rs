//! Files posted into a folder, as `[post_mappings]` of http.conf says (ami-server.md 7).
//!
//! Who posts is a session with a cookie that may write `config`. A file is written beside its place and
//! moved there as a whole, so that nobody ever reads half of one.

mod mapping;
mod place;

pub use mapping::Mapping;

use crate::answer::{Answer, Refusal};
use crate::cookie;
use crate::origin::Origin;
use crate::page;
use crate::session::Member;
use crate::web::{Request, Web};
use ami::Classes;
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, StatusCode};
use manager::{Audit, Log};
use multer::{Constraints, Multipart, SizeLimit};
use place::Unfinished;
use std::path::Path;
use tokio::sync::Semaphore;

/// The largest body that is taken, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;
/// Files in one request.
const FILES: usize = 16;
/// Requests at a time.
const AT_A_TIME: usize = 4;

static ROOM: Semaphore = Semaphore::const_new(AT_A_TIME);

/// Takes the files of a request into the folder.
pub(crate) async fn serve(web: &Web, folder: &Path, request: Request) -> Result<Answer, Refusal> {
    let (parts, ends) = (&request.parts, &request.ends);
    if parts.method != Method::POST {
        return Err(Refusal::NotImplemented);
    }
    let origins = &web.settings().general.origins.0;
    if Origin::of(&parts.headers, ends.secure, origins) == Origin::Foreign {
        return Err(Refusal::Origin);
    }
    let member = member(web, &request).await.ok_or(Refusal::NotPermitted)?;
    let boundary = boundary(&request).ok_or(UNREADABLE)?;
    if request.body.size_hint().lower() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let _room = ROOM.try_acquire().map_err(|_| Refusal::TooMany)?;
    let from = format!(
        "{}/{}",
        if ends.secure { "tls" } else { "tcp" },
        ends.remote
    );
    request.phase.uploading();
    let whole = SizeLimit::new().whole_stream(LARGEST);
    let stream = request.body.into_data_stream();
    let parts = Multipart::with_constraints(stream, boundary, Constraints::new().size_limit(whole));
    let taken = take(parts, folder).await;
    request.phase.answering();
    let (names, result) = taken;
    for name in names {
        let file = folder.join(name);
        tracing::info!(account = member.name, %from, file = %file.display(), "a file was posted");
        web.exchange().log(Log::Audit(Box::new(Audit {
            account: member.name.clone(),
            from: from.clone(),
            session: String::new(),
            action: "Upload".to_owned(),
            action_id: String::new(),
            about: vec![("Filename", file.display().to_string())],
            outcome: "Success".to_owned(),
        })));
    }
    result?;
    let answers = web.answers();
    let page = page::error("200 OK", "File successfully uploaded.", answers.server());
    Ok(answers.of(StatusCode::OK, "text/html", page))
}

const UNREADABLE: Refusal = Refusal::Bad("There was an error parsing the request.");

/// Who posts, if they may.
async fn member(web: &Web, request: &Request) -> Option<Member> {
    let id = cookie::session(&request.parts.headers)?;
    let member = web.sessions().find(id)?.handle.account().await?;
    let node = web.exchange().configured();
    let account = node.settings.user(&member.name)?;
    account.write.contains(Classes::CONFIG).then_some(member)
}

fn boundary(request: &Request) -> Option<String> {
    let kind = request.parts.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(kind).ok()
}

/// The names of the files that were taken, and whether all went well.
async fn take(mut parts: Multipart<'_>, folder: &Path) -> (Vec<String>, Result<(), Refusal>) {
    let mut names = Vec::new();
    let result = async {
        while let Some(mut part) = parts.next_field().await.map_err(refusal)? {
            let Some(said) = part.file_name() else {
                continue; // a field of the form
            };
            let name = place::name(said).ok_or(UNREADABLE)?.to_owned();
            if names.len() == FILES {
                return Err(Refusal::TooLarge);
            }
            let mut file = Unfinished::begin(folder).await.map_err(failed(folder))?;
            while let Some(piece) = part.chunk().await.map_err(refusal)? {
                file.write(&piece).await.map_err(failed(folder))?;
            }
            file.finish(&name).await.map_err(failed(folder))?;
            names.push(name);
        }
        if names.is_empty() {
            return Err(UNREADABLE);
        }
        Ok(())
    }
    .await;
    (names, result)
}

#[allow(clippy::needless_pass_by_value)]
fn refusal(error: multer::Error) -> Refusal {
    if let multer::Error::StreamSizeExceeded { .. } = error {
        Refusal::TooLarge
    } else {
        UNREADABLE
    }
}

/// A file that cannot be written is ours to mend, and to be told of in the log.
fn failed(folder: &Path) -> impl Fn(std::io::Error) -> Refusal {
    move |error| {
        tracing::error!(%error, folder = %folder.display(), "a posted file cannot be written: does the folder of [post_mappings] exist, and may the server write there?");
        Refusal::Internal
    }
}
