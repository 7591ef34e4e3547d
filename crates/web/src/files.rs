//! Files of the folder `static-http`, under `/static` (ami-server.md 8.10).
//!
//! The rules are applied to the path as it resolves on disk: neither spelling nor links lead out.

use crate::answer::{Answer, Answers, Refusal, http_date, set};
use crate::body::Body;
use hyper::header::{CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, LAST_MODIFIED};
use hyper::{HeaderMap, StatusCode};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tokio::fs::{self, File};

/// Files of a folder.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    /// Content types that go before those known.
    types: Vec<(String, String)>,
}

/// A file that may be had.
pub(crate) struct Found {
    file: File,
    length: u64,
    content_type: String,
    modified: Timestamp,
}

/// The longest path, folder and all.
const LONGEST: usize = 1024;

impl Files {
    pub(crate) fn new(folder: PathBuf, types: Vec<(String, String)>) -> Self {
        Self { folder, types }
    }

    /// Whether a path, decoded, is for who has logged in only.
    pub(crate) fn is_private(path: &str) -> bool {
        let path = path.to_ascii_lowercase();
        path.starts_with("private/") || path.contains("/private/")
    }

    /// The file of a path below the folder, decoded.
    pub(crate) async fn find(&self, path: &str) -> Result<Found, Refusal> {
        if !is_allowed(path) || self.folder.as_os_str().len() + path.len() > LONGEST {
            return Err(Refusal::Forbidden);
        }
        let root = fs::canonicalize(&self.folder)
            .await
            .map_err(|_| Refusal::NotFound)?;
        let whole = fs::canonicalize(root.join(path))
            .await
            .map_err(|_| Refusal::NotFound)?;
        if !whole.starts_with(&root) {
            return Err(Refusal::Forbidden);
        }
        let file = File::open(&whole).await.map_err(|_| Refusal::Forbidden)?;
        let about = file.metadata().await.map_err(|_| Refusal::Forbidden)?;
        if !about.is_file() {
            return Err(Refusal::NotFound);
        }
        let since = about
            .modified()
            .ok()
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let seconds = since.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or_default()
        });
        Ok(Found {
            file,
            length: about.len(),
            content_type: self.content_type(&whole),
            modified: Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH),
        })
    }

    fn content_type(&self, path: &Path) -> String {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let Some(extension) = extension.map(str::to_ascii_lowercase) else {
            return "text/plain".to_owned();
        };
        let own = self.types.iter().find(|(known, _)| *known == extension);
        own.map_or_else(
            || known_type(&extension),
            |(_, content_type)| content_type.clone(),
        )
    }
}

impl Found {
    /// The answer with the file, or without if the client has it already.
    pub(crate) fn answer(self, answers: &Answers, asked: &HeaderMap) -> Answer {
        let tag = format!("\"{}\"", self.modified.as_second());
        let known = asked
            .get(IF_NONE_MATCH)
            .is_some_and(|value| value.as_bytes() == tag.as_bytes());
        let (status, body) = if known {
            (StatusCode::NOT_MODIFIED, Body::from(String::new()))
        } else {
            let (file, remaining) = (self.file, self.length);
            (StatusCode::OK, Body::File { file, remaining })
        };
        let mut answer = answers.bare(status, body);
        let headers = answer.headers_mut();
        set(headers, CONTENT_TYPE, &self.content_type);
        set(headers, ETAG, &tag);
        set(headers, LAST_MODIFIED, &http_date(self.modified));
        headers.insert(
            "x-content-type-options",
            HeaderValue::from_static("nosniff"),
        );
        answer
    }
}

fn is_allowed(path: &str) -> bool {
    let first = path.chars().next();
    let begins = first.is_some_and(|c| c > ' ' && !"./|~@#$%^&*()\t".contains(c));
    begins && !path.contains('\0') && path.split(['/', '\\']).all(|part| part != "..")
}

fn known_type(extension: &str) -> String {
    match extension {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" | "svgz" => "image/svg+xml",
        "js" => "application/x-javascript",
        "xml" => "text/xml",
        "html" | "htm" => "text/html",
        "wav" => "audio/x-wav",
        "mp3" => "audio/mpeg",
        "cnf" | "cfg" => "text/plain",
        "bin" | "sbn" | "ld" => "application/octet-stream",
        // A name cannot begin another header or another type.
        _ if extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            return format!("text/{extension}");
        }
        _ => "text/plain",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn status(files: &Files, path: &str) -> u16 {
        match files.find(path).await {
            Ok(_) => 200,
            Err(refusal) => refusal.status().as_u16(),
        }
    }

    #[tokio::test]
    async fn no_path_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("static-http");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::write(root.join("a.txt"), "a").unwrap();
        std::fs::write(root.join("sub/b.html"), "b").unwrap();
        std::fs::write(folder.path().join("secret"), "s").unwrap();
        std::os::unix::fs::symlink("../secret", root.join("link")).unwrap();
        let files = Files::new(root.clone(), Vec::new());
        for (path, wanted) in [
            ("a.txt", 200),
            ("sub/b.html", 200),
            ("sub/./b.html", 200),
            ("sub", 404),
            ("none", 404),
            ("", 403),
            ("../secret", 403),
            ("sub/../../secret", 403),
            ("sub/..", 403),
            ("..\\secret", 403),
            ("link", 403),
            ("/etc/passwd", 403),
            (".hidden", 403),
            ("~root", 403),
            ("a\0b", 403),
        ] {
            assert_eq!(status(&files, path).await, wanted, "{path}");
        }
        assert_eq!(status(&files, &"x/".repeat(600)).await, 403);
        assert_eq!(
            status(&Files::new("/nonexistent".into(), vec![]), "a").await,
            404
        );
    }

    #[tokio::test]
    async fn a_file_is_told_with_its_type_and_not_again() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.js"), "1").unwrap();
        let files = Files::new(folder.path().to_owned(), Vec::new());
        let answers = Answers::new("x");
        let mut asked = HeaderMap::new();
        let answer = files
            .find("a.js")
            .await
            .ok()
            .unwrap()
            .answer(&answers, &asked);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/x-javascript");
        assert_eq!(answer.headers().get("cache-control"), None);
        asked.insert(IF_NONE_MATCH, answer.headers()[ETAG].clone());
        let again = files
            .find("a.js")
            .await
            .ok()
            .unwrap()
            .answer(&answers, &asked);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn types_go_by_extension() {
        let own = vec![("webp".to_owned(), "image/webp".to_owned())];
        let files = Files::new(PathBuf::new(), own);
        let of = |path: &str| files.content_type(Path::new(path));
        assert_eq!(of("a.PNG"), "image/png");
        assert_eq!(of("a.webp"), "image/webp");
        assert_eq!(of("a.ini"), "text/ini");
        assert_eq!(of("a"), "text/plain");
        assert_eq!(of("a.x\r\ny"), "text/plain");
        assert!(Files::is_private("private/x") && Files::is_private("a/Private/x"));
        assert!(!Files::is_private("privates/x"));
    }
}
