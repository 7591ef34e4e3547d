//! What a subscription tells of: a resource, or all those of a list (RFC 4662).

use crate::core::Core;
use crate::message;
use crate::package::{self, Package, escape};
use crate::settings::ResourceList;
use crate::watching::Watching;
use model::{Watched, WatchedState};
use std::fmt::Write as _;
use std::sync::Arc;

/// Something a phone wants to know the state of.
pub(crate) struct Resource {
    /// Its URI.
    uri: String,
    /// What it is called here.
    name: String,
    /// `None` if there is nothing to be watched.
    watching: Option<Watching>,
    /// The states told last.
    told: Option<Vec<WatchedState>>,
    /// Documents told so far.
    version: u32,
}

impl Resource {
    /// Begins to watch; the status says why it cannot be.
    pub(crate) async fn watch(
        core: &Arc<Core>,
        uri: String,
        name: String,
        whats: Vec<Watched>,
    ) -> Result<Self, u16> {
        let watching = Watching::begin(core, whats).await?;
        Ok(Self {
            watching: Some(watching),
            ..Self::unknown(uri, name)
        })
    }

    /// One there is nothing to be told of.
    pub(crate) fn unknown(uri: String, name: String) -> Self {
        Self {
            uri,
            name,
            watching: None,
            told: None,
            version: 0,
        }
    }

    /// What is watched.
    pub(crate) fn watching(&mut self) -> Option<&mut Watching> {
        self.watching.as_mut()
    }

    /// The document of its state as it is now; `None` if it is not known.
    pub(crate) fn document(&mut self, package: Package) -> Option<String> {
        let watching = self.watching.as_mut()?;
        let version = self.version;
        let document = match package {
            Package::Dialog => {
                package::dialog_info(&self.uri, &self.name, version, watching.extension()?)
            }
            Package::Presence => package::presence(&self.uri, &self.name, watching.extension()?),
            Package::MessageSummary => package::message_summary(&self.uri, watching.messages()),
        };
        self.version += 1;
        Some(document)
    }

    /// Whether its state is another than the one told last, which it is from now on.
    fn has_changed(&mut self) -> bool {
        let now = self.watching.as_mut().map(Watching::states);
        let changed = self.told != now;
        self.told = now;
        changed
    }
}

/// The states of a list in one document.
pub(crate) struct Listing {
    /// `Content-Type`.
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// Tells the resources of a list: all of them if `full`, or those that have changed (RFC 4662 §5).
pub(crate) fn listing(
    list: &ResourceList,
    uri: &str,
    resources: &mut [Resource],
    version: u32,
    full: bool,
) -> Listing {
    let boundary = message::tag();
    let mut parts = String::new();
    let mut entries = String::new();
    for (at, resource) in resources.iter_mut().enumerate() {
        if !resource.has_changed() && !full {
            continue;
        }
        let name = escape(&resource.name);
        let _ = write!(
            entries,
            "<resource uri=\"{}\"><name>{name}</name>",
            escape(&resource.uri)
        );
        if let Some(document) = resource.document(list.package) {
            let id = format!("{at}.{boundary}@resources");
            let _ = write!(
                entries,
                "<instance id=\"{at}\" state=\"active\" cid=\"{id}\"/>"
            );
            parts.push_str(&part(
                &boundary,
                &id,
                list.package.content_type(),
                &document,
            ));
        } else if resource.watching.is_none() {
            let _ = write!(
                entries,
                "<instance id=\"{at}\" state=\"terminated\" reason=\"noresource\"/>"
            );
        }
        entries.push_str("</resource>");
    }
    let root = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"{}\" version=\"{version}\" fullState=\"{full}\">\
         {entries}</list>\n",
        escape(uri)
    );
    let root_id = format!("list.{boundary}@resources");
    let root = part(&boundary, &root_id, RLMI, &root);
    Listing {
        content_type: format!(
            "multipart/related;type=\"{RLMI}\";start=\"<{root_id}>\";boundary=\"{boundary}\""
        ),
        body: format!("{root}{parts}--{boundary}--\r\n"),
    }
}

/// Resource list meta-information.
const RLMI: &str = "application/rlmi+xml";

fn part(boundary: &str, id: &str, kind: &str, body: &str) -> String {
    format!(
        "--{boundary}\r\nContent-ID: <{id}>\r\nContent-Type: {kind};charset=\"UTF-8\"\r\n\r\n{body}\r\n"
    )
}
