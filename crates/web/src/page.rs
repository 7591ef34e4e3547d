//! Error pages and the status page (ami-server.md 8.6, 8.10).

use std::fmt::Write as _;

/// An error page. `title` is the status line's, as `404 Not Found`.
pub(crate) fn error(title: &str, text: &str, server: &str) -> String {
    let heading = title.split_once(' ').map_or(title, |(_, heading)| heading);
    let mut page = format!(
        "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\r\n<html><head>\r\n\
         <title>{title}</title>\r\n</head><body>\r\n<h1>{heading}</h1>\r\n<p>{}</p>\r\n<hr />\r\n",
        escape(text)
    );
    if !server.is_empty() {
        let _ = write!(page, "<address>{}</address>\r\n", escape(server));
    }
    page + "</body></html>\r\n"
}

/// What the status page tells.
pub(crate) struct Status<'a> {
    pub(crate) server: &'a str,
    pub(crate) prefix: &'a str,
    pub(crate) bind: String,
    pub(crate) tls_bind: String,
    /// Of the request.
    pub(crate) parameters: Vec<(&'a str, &'a str)>,
    /// The names of the request's cookies; a page need not know what scripts may not.
    pub(crate) cookies: Vec<&'a str>,
}

/// The status page.
pub(crate) fn status(status: &Status<'_>) -> String {
    let mut page = String::from(
        "<html><title>Asterisk HTTP Status</title>\r\n<body bgcolor=\"#ffffff\">\r\n\
         <table bgcolor=\"#f1f1f1\" align=\"center\"><tr><td bgcolor=\"#e0e0ff\" colspan=\"2\" \
         width=\"500\">\r\n<h2>&nbsp;&nbsp;HTTP Status</h2></td></tr>\r\n",
    );
    let mut row = |kind: &str, name: &str, value: &str| {
        let cell = if kind.is_empty() {
            format!("<i>{}</i>", escape(name))
        } else {
            format!("<i>{kind} '{}'</i>", escape(name))
        };
        let _ = write!(
            page,
            "<tr><td>{cell}</td><td><b>{}</b></td></tr>\r\n",
            escape(value)
        );
    };
    row("", "Server", status.server);
    row("", "Prefix", status.prefix);
    row("", "Bind Address", &status.bind);
    row("", "TLS Bind Address", &status.tls_bind);
    for (name, value) in &status.parameters {
        row("Submitted Variable", name, value);
    }
    for name in &status.cookies {
        row("Cookie", name, "…");
    }
    page + "</table></body></html>\r\n"
}

fn escape(text: &str) -> std::borrow::Cow<'_, str> {
    quick_xml::escape::escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recording http-methods.
    #[test]
    fn an_error_page_is_the_one_known() {
        assert_eq!(
            error(
                "404 Not Found",
                "The requested <URL> was not found.",
                "Asterisk/22"
            ),
            "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\r\n<html><head>\r\n\
             <title>404 Not Found</title>\r\n</head><body>\r\n<h1>Not Found</h1>\r\n\
             <p>The requested &lt;URL&gt; was not found.</p>\r\n<hr />\r\n\
             <address>Asterisk/22</address>\r\n</body></html>\r\n"
        );
        assert!(!error("404 Not Found", "", "").contains("address"));
    }

    #[test]
    fn the_status_page_escapes_and_keeps_cookies_to_itself() {
        let page = status(&Status {
            server: "S",
            prefix: "/ast",
            bind: "127.0.0.1:8088".into(),
            tls_bind: String::new(),
            parameters: vec![("<a>", "<script>")],
            cookies: vec!["mansession_id"],
        });
        assert!(
            page.contains("<i>Submitted Variable '&lt;a&gt;'</i></td><td><b>&lt;script&gt;</b>")
        );
        assert!(page.contains("<i>Cookie 'mansession_id'</i></td><td><b>…</b>"));
        assert!(page.contains("<i>Bind Address</i></td><td><b>127.0.0.1:8088</b>"));
    }
}
