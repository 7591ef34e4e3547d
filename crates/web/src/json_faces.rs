//! The faces that speak JSON, and what holds for all of them: who may ask from a browser, and how
//! they refuse.

use crate::answer::{Answer, Refusal};
use crate::body::Body;
use crate::caller;
use crate::json_face;
use crate::origin::Origin;
use crate::schema;
use crate::stream::{snapshot, socket, sse};
use crate::web::{Request, Web};
use hyper::header::{ALLOW, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Method, StatusCode};

/// One of the faces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JsonFace {
    /// One action.
    Action(String),
    /// Events as they happen.
    Events,
    /// Both, as a WebSocket.
    Socket,
    /// The state.
    Snapshot,
    /// What there is, for programs.
    OpenApi,
    /// The same of the streams.
    AsyncApi,
}

impl JsonFace {
    /// The face of a path, in lower case and without slashes around; `written` is the same as it
    /// was written.
    pub(crate) fn of(path: &str, written: &str) -> Option<Self> {
        Some(match path {
            "events" => Self::Events,
            "ws" => Self::Socket,
            "snapshot" => Self::Snapshot,
            "openapi.json" => Self::OpenApi,
            "asyncapi.json" => Self::AsyncApi,
            _ => {
                let name = path.strip_prefix("actions/")?;
                let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
                let start = written.len().min(path.len() - name.len());
                is_name.then(|| Self::Action(written[start..].trim_matches('/').to_owned()))?
            }
        })
    }

    fn method(&self) -> &'static str {
        match self {
            Self::Action(_) => "POST",
            Self::Events | Self::Socket | Self::Snapshot | Self::OpenApi | Self::AsyncApi => "GET",
        }
    }

    /// Whether it is asked for so; HEAD is as GET where an answer has an end.
    fn takes(&self, method: &Method) -> bool {
        let head = match self {
            Self::Snapshot | Self::OpenApi | Self::AsyncApi => Method::HEAD,
            Self::Action(_) | Self::Events | Self::Socket => return method == self.method(),
        };
        *method == head || method == self.method()
    }

    /// Answers a request.
    pub(crate) async fn serve(self, web: &Web, request: Request) -> Answer {
        let ends = request.ends.clone();
        let headers = request.parts.headers.clone();
        let settings = web.settings();
        let origin = Origin::of(&headers, ends.secure, &settings.general.origins.0);
        let served = if origin == Origin::Foreign {
            Err(Refusal::Origin)
        } else if request.parts.method == Method::OPTIONS {
            let mut answer = web.answers().bare(StatusCode::NO_CONTENT, Body::from(""));
            origin.allow_methods(answer.headers_mut());
            return answer;
        } else if !self.takes(&request.parts.method) {
            Err(Refusal::Method(self.method()))
        } else {
            match &self {
                Self::Action(name) => json_face::serve(web, name, request).await,
                Self::Events => sse::serve(web, request).await,
                Self::Socket => socket::serve(web, request).await,
                Self::Snapshot => snapshot::serve(web, request).await,
                Self::OpenApi => Ok(document(web, &schema::openapi())),
                Self::AsyncApi => Ok(document(web, &schema::asyncapi())),
            }
        };
        let mut answer = served.unwrap_or_else(|refusal| {
            let mut answer = web.answers().json_refusal(refusal);
            let told = answer.headers_mut();
            if let Refusal::Method(method) = refusal {
                told.insert(ALLOW, HeaderValue::from_static(method));
            }
            if refusal == Refusal::Unauthorized {
                for way in caller::ways(&headers, &ends) {
                    if let Ok(way) = HeaderValue::from_str(&way) {
                        told.append(WWW_AUTHENTICATE, way);
                    }
                }
            }
            answer
        });
        origin.allow(answer.headers_mut());
        answer
    }
}

/// A document for programs; who may ask is nobody's secret.
fn document(web: &Web, document: &serde_json::Value) -> Answer {
    web.answers()
        .of(StatusCode::OK, "application/json", document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_faces() {
        let of = |written: &str| JsonFace::of(&written.to_ascii_lowercase(), written);
        assert_eq!(of("Events"), Some(JsonFace::Events));
        assert_eq!(
            of("actions/CoreStatus"),
            Some(JsonFace::Action("CoreStatus".into()))
        );
        for other in [
            "actions",
            "actions/",
            "actions/a b",
            "actions/a/b",
            "eventsx",
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
