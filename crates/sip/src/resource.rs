//! What a subscription tells of: a resource, or all those of a list (RFC 4662).

use crate::core::Core;
use crate::message;
use crate::package::{self, Package};
use crate::settings::ResourceList;
use crate::watching::Watching;
use crate::xml::{self, Xml, clean};
use model::{Watched, WatchedState};
use quick_xml::events::BytesText;
use std::io;
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
    let root = xml::document(|xml| {
        let version = version.to_string();
        let root = xml.create_element("list").with_attributes([
            ("xmlns", "urn:ietf:params:xml:ns:rlmi"),
            ("uri", &*clean(uri)),
            ("version", &*version),
            ("fullState", if full { "true" } else { "false" }),
        ]);
        root.write_inner_content(|xml| {
            for (at, resource) in resources.iter_mut().enumerate() {
                if !resource.has_changed() && !full {
                    continue;
                }
                let id = format!("{at}.{boundary}@resources");
                let document = resource.document(list.package);
                entry(xml, resource, at, document.is_some().then_some(&*id))?;
                if let Some(document) = document {
                    let kind = list.package.content_type();
                    parts.push_str(&part(&boundary, &id, kind, &document));
                }
            }
            Ok(())
        })?;
        Ok(())
    });
    let root_id = format!("list.{boundary}@resources");
    let root = part(&boundary, &root_id, RLMI, &root);
    Listing {
        content_type: format!(
            "multipart/related;type=\"{RLMI}\";start=\"<{root_id}>\";boundary=\"{boundary}\""
        ),
        body: format!("{root}{parts}--{boundary}--\r\n"),
    }
}

/// What a list says of a resource, whose document has this id, if it has one.
fn entry(xml: &mut Xml, resource: &Resource, at: usize, document: Option<&str>) -> io::Result<()> {
    let at = at.to_string();
    let element = xml
        .create_element("resource")
        .with_attribute(("uri", &*clean(&resource.uri)));
    element.write_inner_content(|xml| {
        let name = xml.create_element("name");
        name.write_text_content(BytesText::new(&clean(&resource.name)))?;
        let state = match document {
            Some(id) => Some([("state", "active"), ("cid", id)]),
            None if resource.watching.is_none() => {
                Some([("state", "terminated"), ("reason", "noresource")])
            }
            None => None, // it is not known yet
        };
        if let Some(state) = state {
            let instance = xml.create_element("instance").with_attribute(("id", &*at));
            instance.with_attributes(state).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Resource list meta-information.
const RLMI: &str = "application/rlmi+xml";

fn part(boundary: &str, id: &str, kind: &str, body: &str) -> String {
    format!(
        "--{boundary}\r\nContent-ID: <{id}>\r\nContent-Type: {kind};charset=\"UTF-8\"\r\n\r\n{body}\r\n"
    )
}
