//! The form of `/manager` and `/amanager`: a page with a form and a table (ami-server.md 8.8).

use super::{Occurrences, markup, opaque};
use crate::Message;
use std::fmt::Write as _;

/// Begins the page of `/manager`: a form with these actions and login, then a table of messages, which
/// [`MANAGER_END`] ends.
pub fn begin_manager(actions: &[&str], out: &mut String) {
    out.push_str(
        "<title>Asterisk&trade; Manager Interface</title><body bgcolor=\"#ffffff\">\
         <table align=center bgcolor=\"#f1f1f1\" width=\"500\">\r\n\
         <tr><td colspan=\"2\" bgcolor=\"#f1f1ff\"><h1>Manager Tester</h1></td></tr>\r\n\
         <tr><td colspan=\"2\" bgcolor=\"#f1f1ff\"><form action=\"manager\" method=\"post\">\n\
         \tAction: <select name=\"action\">\n\t\t<option value=\"\">-----&gt;</option>\n",
    );
    for (value, label) in choices(actions) {
        let _ = writeln!(
            out,
            "\t\t<option value=\"{}\">{}</option>",
            markup(value),
            markup(label)
        );
    }
    out.push_str(
        "\t</select>\n\tor <input name=\"action\"><br/>\n\
         \tCLI Command <input name=\"command\"><br>\n\
         \tuser <input name=\"username\"> pass <input type=\"password\" name=\"secret\"><br>\n\
         \t<input type=\"submit\">\n</form>\n</td></tr>\r\n",
    );
}

/// Ends the page of `/manager`.
pub const MANAGER_END: &str = "</table></body>\r\n";

/// Begins the page of `/amanager`: a form without login, then a table of messages, which
/// [`AUTHENTICATED_END`] ends.
pub fn begin_authenticated(out: &mut String) {
    out.push_str(
        "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\r\n\
         <html><head>\r\n<title>Asterisk&trade; Manager Interface</title>\r\n</head>\
         <body style=\"background-color: #ffffff;\">\r\n<form method=\"POST\">\r\n\
         <table align=\"center\" style=\"background-color: #f1f1f1;\" width=\"500\">\r\n\
         <tr><th colspan=\"2\" style=\"background-color: #f1f1ff;\"><h1>Manager Tester</h1></th></tr>\r\n\
         <tr><th colspan=\"2\" style=\"background-color: #f1f1ff;\">\
         Action: <input name=\"action\" /> Cmd: <input name=\"command\" /><br>\
         <input type=\"submit\" value=\"Send request\" /></th></tr>\r\n",
    );
}

/// Ends the page of `/amanager`.
pub const AUTHENTICATED_END: &str = "</table></form></body></html>\r\n";

/// The actions offered first, as they have always been, then all others.
fn choices<'a>(actions: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    const FIRST: [(&str, &str); 4] = [
        ("login", "login"),
        ("command", "Command"),
        ("waitevent", "waitevent"),
        ("listcommands", "listcommands"),
    ];
    let others = actions.iter().filter(|name| {
        !FIRST
            .iter()
            .any(|(first, _)| first.eq_ignore_ascii_case(name))
    });
    FIRST.into_iter().chain(others.map(|name| (*name, *name)))
}

/// Appends the rows of a message.
pub fn encode(message: &Message, out: &mut String) {
    let mut occurrences = Occurrences::default();
    for (name, value) in message.iter() {
        out.push_str("<tr><td>");
        out.push_str(&markup(name));
        let count = occurrences.count(name);
        if count > 1 {
            let _ = write!(out, "-{count}");
        }
        let _ = writeln!(out, "</td><td>{}</td></tr>", markup(value.trim()));
    }
    if let Some(lines) = opaque(message, "<br>\n") {
        let _ = writeln!(out, "<tr><td>Opaque-data</td><td>{lines}</td></tr>");
    }
    out.push_str("<tr><td colspan=\"2\"><hr></td></tr>\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recording http-manager and the book's example.
    #[test]
    fn the_page_of_manager_is_the_one_known() {
        let answer = Message::new()
            .with("Response", "Success")
            .with("Message", "Authentication accepted");
        let mut page = String::new();
        begin_manager(&[], &mut page);
        encode(&answer, &mut page);
        page.push_str(MANAGER_END);
        assert_eq!(
            page.replace("\r\n", "\n"),
            r##"<title>Asterisk&trade; Manager Interface</title><body bgcolor="#ffffff"><table align=center bgcolor="#f1f1f1" width="500">
<tr><td colspan="2" bgcolor="#f1f1ff"><h1>Manager Tester</h1></td></tr>
<tr><td colspan="2" bgcolor="#f1f1ff"><form action="manager" method="post">
	Action: <select name="action">
		<option value="">-----&gt;</option>
		<option value="login">login</option>
		<option value="command">Command</option>
		<option value="waitevent">waitevent</option>
		<option value="listcommands">listcommands</option>
	</select>
	or <input name="action"><br/>
	CLI Command <input name="command"><br>
	user <input name="username"> pass <input type="password" name="secret"><br>
	<input type="submit">
</form>
</td></tr>
<tr><td>Response</td><td>Success</td></tr>
<tr><td>Message</td><td>Authentication accepted</td></tr>
<tr><td colspan="2"><hr></td></tr>
</table></body>
"##
        );
        assert_eq!(page.len(), 881, "as the book says");
    }

    #[test]
    fn every_action_is_offered_once() {
        let mut page = String::new();
        begin_manager(&["Command", "Login", "Ping"], &mut page);
        assert_eq!(page.matches("<option").count(), 6);
        assert!(page.contains("<option value=\"Ping\">Ping</option>"));
    }

    /// The recording http-arawman.
    #[test]
    fn the_page_of_amanager_is_the_one_known() {
        let mut page = String::new();
        begin_authenticated(&mut page);
        encode(&Message::new().with("Ping", "Pong"), &mut page);
        page.push_str(AUTHENTICATED_END);
        assert!(page.starts_with("<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\r\n<html>"));
        assert!(page.ends_with(
            "<tr><td>Ping</td><td>Pong</td></tr>\n<tr><td colspan=\"2\"><hr></td></tr>\r\n\
             </table></form></body></html>\r\n"
        ));
    }

    #[test]
    fn values_cannot_leave_their_cells() {
        let mut page = String::new();
        let odd = Message::new()
            .with("<A>", "</td><script>")
            .with("<A>", "'\"&\x02");
        encode(&odd, &mut page);
        assert!(page.contains("<tr><td>&lt;A&gt;</td><td>&lt;/td&gt;&lt;script&gt;</td></tr>\n"));
        assert!(page.contains("<tr><td>&lt;A&gt;-2</td><td>&apos;&quot;&amp;</td></tr>\n"));
    }

    #[test]
    fn lines_that_are_no_headers_are_one_row() {
        let output = Message::new()
            .with("Response", "Follows")
            .with_body(["one: <1>", "two"]);
        let mut page = String::new();
        encode(&output, &mut page);
        assert!(page.contains("<tr><td>Opaque-data</td><td>one: &lt;1&gt;<br>\ntwo</td></tr>\n"));
    }
}
