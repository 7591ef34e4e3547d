//! A client that says exactly what the test says.

use std::collections::HashMap;
use std::net::SocketAddr;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::TcpStream;

pub(crate) struct Client<S = TcpStream> {
    stream: BufReader<S>,
    /// Sent with every request.
    pub(crate) cookie: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body with line feeds alone.
    pub(crate) fn text(&self) -> String {
        self.body.replace("\r\n", "\n")
    }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::on(TcpStream::connect(address).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn on(stream: S) -> Self {
        Self {
            stream: BufReader::new(stream),
            cookie: None,
        }
    }

    pub(crate) async fn get(&mut self, target: &str) -> Response {
        self.send(&format!("GET {target} HTTP/1.1\r\nHost: x\r\n"), "")
            .await
    }

    pub(crate) async fn get_with(&mut self, target: &str, header: &str) -> Response {
        self.send(
            &format!("GET {target} HTTP/1.1\r\nHost: x\r\n{header}\r\n"),
            "",
        )
        .await
    }

    pub(crate) async fn post(&mut self, target: &str, kind: &str, body: &str) -> Response {
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n",
            body.len()
        );
        self.send(&head, body).await
    }

    /// A request but for the cookie and the empty line.
    pub(crate) async fn send(&mut self, head: &str, body: &str) -> Response {
        let cookie = self
            .cookie
            .as_ref()
            .map(|cookie| format!("Cookie: {cookie}\r\n"));
        let text = format!("{head}{}\r\n{body}", cookie.unwrap_or_default());
        self.write(text.as_bytes()).await;
        let response = self.read(head.starts_with("HEAD")).await;
        if let Some(set) = response.header("Set-Cookie") {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        response
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.unwrap();
    }

    /// The status and headers of the next response.
    pub(crate) async fn head(&mut self) -> Response {
        let status = self.line().await.unwrap();
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line().await.unwrap();
            if line.is_empty() {
                return Response {
                    status,
                    headers,
                    body: String::new(),
                };
            }
            let (name, value) = line.split_once(": ").unwrap();
            headers.push((name.to_owned(), value.to_owned()));
        }
    }

    async fn read(&mut self, bodiless: bool) -> Response {
        let mut response = self.head().await;
        let length = response
            .header("Content-Length")
            .map_or(0, |length| length.parse().unwrap());
        if !bodiless && response.status != 304 {
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.unwrap();
            response.body = String::from_utf8(body).unwrap();
        }
        response
    }

    /// The next line, without its end; `None` at the end of the connection.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let count = self.stream.read_line(&mut line).await.ok()?;
        (count > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Whether the connection has ended, without further bytes.
    pub(crate) async fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest).await;
        rest.is_empty()
    }
}

/// The value of `Authorization` for a challenge.
pub(crate) fn digest(
    response: &Response,
    user: &str,
    secret: &str,
    target: &str,
    count: u32,
) -> String {
    use md5::Digest as _;
    let hash = |text: String| {
        md5::Md5::digest(text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let challenge = response.header("WWW-Authenticate").unwrap();
    let fields: HashMap<_, _> = challenge
        .split(", ")
        .filter_map(|field| field.trim_start_matches("Digest ").split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
        .collect();
    let (realm, nonce) = (fields["realm"], fields["nonce"]);
    let known = hash(format!("{user}:{realm}:{secret}"));
    let asked = hash(format!("GET:{target}"));
    let proof = hash(format!("{known}:{nonce}:{count:08x}:cn:auth:{asked}"));
    format!(
        "Authorization: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\", \
         qop=auth, nc={count:08x}, cnonce=\"cn\", response=\"{proof}\", algorithm=MD5"
    )
}
