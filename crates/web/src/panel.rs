//! `/panel/`: the live page. Its files are part of the program.

use crate::answer::{Answer, Refusal, set};
use crate::web::{Request, Web};
use hyper::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, StatusCode};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// What the page may do: nothing but talk to us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

struct File {
    name: &'static str,
    content_type: &'static str,
    text: &'static str,
}

static FILES: [File; 4] = [
    File {
        name: "",
        content_type: "text/html; charset=utf-8",
        text: include_str!("../panel/index.html"),
    },
    File {
        name: "panel.css",
        content_type: "text/css; charset=utf-8",
        text: include_str!("../panel/panel.css"),
    },
    File {
        name: "panel.js",
        content_type: "text/javascript; charset=utf-8",
        text: include_str!("../panel/panel.js"),
    },
    File {
        name: "icon.svg",
        content_type: "image/svg+xml",
        text: include_str!("../panel/icon.svg"),
    },
];

/// All files have one tag: they change together, with the program.
static TAG: LazyLock<String> = LazyLock::new(|| {
    let all = FILES
        .iter()
        .fold(Sha256::new(), |hash, file| hash.chain_update(file.text));
    let hash: String = all
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hash}\"")
});

/// Answers a request; `name` is what follows `/panel/`, `None` if not even the slash does.
pub(crate) fn serve(web: &Web, name: Option<&str>, request: &Request) -> Result<Answer, Refusal> {
    if ![Method::GET, Method::HEAD].contains(&request.parts.method) {
        return Err(Refusal::Method("GET"));
    }
    let Some(name) = name else {
        let prefix = &web.settings().general.prefix;
        return Ok(web.answers().elsewhere(&format!("{prefix}/panel/")));
    };
    let file = FILES
        .iter()
        .find(|file| file.name == name)
        .ok_or(Refusal::NotFound)?;
    let known = request.parts.headers.get(IF_NONE_MATCH);
    let same = known.is_some_and(|tag| tag.as_bytes() == TAG.as_bytes());
    let (status, text) = if same {
        (StatusCode::NOT_MODIFIED, "")
    } else {
        (StatusCode::OK, file.text)
    };
    let mut answer = web.answers().bare(status, text.into());
    let headers = answer.headers_mut();
    set(headers, CONTENT_TYPE, file.content_type);
    set(headers, ETAG, &TAG);
    set(headers, hyper::header::CACHE_CONTROL, "no-cache");
    set(headers, CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(answer)
}
