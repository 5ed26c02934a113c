//! One connection to a mail server.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

use super::reply::Reply;
use super::{Security, Server};
use crate::provider::{Answer, Step};

const CONNECT: Duration = Duration::from_secs(20);
const COMMAND: Duration = Duration::from_secs(60);
/// Servers look through a message before they say yes. Who gives up too early doubles it.
const MESSAGE: Duration = Duration::from_secs(600);
const QUIT: Duration = Duration::from_secs(2);

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A server that has let us in.
pub struct Connection {
    stream: Stream,
    /// What has arrived and was not read yet.
    arrived: Vec<u8>,
    /// What it can do, in capitals.
    extensions: Vec<String>,
}

impl Connection {
    /// Connects, secures, greets, signs in; every step is told to who watches.
    pub async fn open(server: &Arc<Server>, steps: &mut Option<Vec<Step>>) -> Result<Connection, Answer> {
        let mut tell = |name: &'static str, outcome: Result<Answer, Answer>| {
            let (is_ok, answer) = match outcome {
                Ok(answer) => (true, answer),
                Err(answer) => (false, answer),
            };
            if let Some(steps) = steps {
                steps.push(Step::of(name, is_ok, answer.text.as_str()));
            }
            if is_ok { Ok(()) } else { Err(answer) }
        };
        let settings = &server.settings;
        let stream = match timeout(CONNECT, TcpStream::connect((settings.host.as_str(), settings.port))).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(Answer::ours(error)),
            Err(_) => Err(Answer::ours("no answer in 20 seconds")),
        };
        let stream = match stream {
            Ok(stream) => stream,
            Err(answer) => {
                tell("connect", Err(answer.clone()))?;
                return Err(answer);
            }
        };
        // Without it the last piece of a message waits for an acknowledgement that the other side holds back: 40 ms each.
        let _ = stream.set_nodelay(true);
        let peer = stream.peer_addr().map(|peer| peer.to_string()).unwrap_or_default();
        tell("connect", Ok(Answer::ours(peer)))?;
        let mut connection = Connection {
            stream: Stream::Plain(stream),
            arrived: Vec::new(),
            extensions: Vec::new(),
        };
        if settings.security == Security::Tls {
            connection = secured(connection, server, &mut tell).await?;
        }
        let greeting = connection.read(COMMAND).await.map_err(Answer::ours).and_then(yes);
        tell("greeting", greeting)?;
        tell("hello", connection.greet(settings.hello()).await)?;
        if settings.security == Security::StartTls {
            let ready = connection.one("STARTTLS").await.map_err(Answer::ours).and_then(yes);
            tell("starttls", ready)?;
            connection = secured(connection, server, &mut tell).await?;
            tell("hello", connection.greet(settings.hello()).await)?;
        }
        if !settings.username.is_empty() {
            let signed_in = connection.sign_in(&settings.username, &server.password).await;
            tell("sign_in", signed_in)?;
        }
        Ok(connection)
    }

    /// The same connection, kept from others.
    async fn secure(self, server: &Server) -> Result<Connection, String> {
        let name = ServerName::try_from(server.settings.host.clone()).map_err(|error| error.to_string())?;
        let Stream::Plain(plain) = self.stream else {
            return Err("the connection is secured already".into());
        };
        let secured = timeout(CONNECT, server.tls.connect(name, plain)).await;
        let secured = secured
            .map_err(|_| "no answer in 20 seconds".to_owned())?
            .map_err(|error| error.to_string())?;
        // What came in the clear behind an answer could be another's words: it is not taken along.
        Ok(Connection {
            stream: Stream::Tls(Box::new(secured)),
            arrived: Vec::new(),
            extensions: Vec::new(),
        })
    }

    async fn greet(&mut self, name: &str) -> Result<Answer, Answer> {
        let reply = self.one(&format!("EHLO {name}")).await.map_err(Answer::ours)?;
        let reply = if reply.code >= 500 {
            self.one(&format!("HELO {name}")).await.map_err(Answer::ours)?
        } else {
            reply
        };
        self.extensions = reply.text.lines().skip(1).map(str::to_ascii_uppercase).collect();
        yes(reply)
    }

    async fn sign_in(&mut self, username: &str, password: &str) -> Result<Answer, Answer> {
        let ways = self
            .extensions
            .iter()
            .find_map(|line| line.strip_prefix("AUTH"))
            .unwrap_or_default()
            .to_owned();
        let offers = |way: &str| ways.split([' ', '=']).any(|offered| offered == way);
        if offers("PLAIN") || !offers("LOGIN") {
            let secret = STANDARD.encode(format!("\0{username}\0{password}"));
            return yes(self.one(&format!("AUTH PLAIN {secret}")).await.map_err(Answer::ours)?);
        }
        let mut reply = self.one("AUTH LOGIN").await.map_err(Answer::ours)?;
        for word in [username, password] {
            if reply.code != 334 {
                return Err(reply.answer());
            }
            reply = self.one(&STANDARD.encode(word)).await.map_err(Answer::ours)?;
        }
        yes(reply)
    }

    pub fn takes_utf8(&self) -> bool {
        self.extensions.iter().any(|line| line == "SMTPUTF8")
    }

    fn pipelines(&self) -> bool {
        self.extensions.iter().any(|line| line == "PIPELINING")
    }

    /// Asks one thing after the other, all in one packet where the server reads ahead; otherwise it ends at the first refusal.
    pub async fn ask(&mut self, commands: &[String]) -> io::Result<Vec<Reply>> {
        let mut replies = Vec::with_capacity(commands.len());
        if self.pipelines() {
            let text: String = commands.iter().flat_map(|command| [command.as_str(), "\r\n"]).collect();
            self.write(text.as_bytes(), COMMAND).await?;
            for _ in commands {
                replies.push(self.read(COMMAND).await?);
            }
            return Ok(replies);
        }
        for command in commands {
            let reply = self.one(command).await?;
            let goes_on = reply.code < 400;
            replies.push(reply);
            if !goes_on {
                break;
            }
        }
        Ok(replies)
    }

    /// Hands a message over and waits for the verdict.
    pub async fn hand_over(&mut self, bytes: &[u8]) -> io::Result<Reply> {
        self.write(bytes, MESSAGE).await?;
        self.read(MESSAGE).await
    }

    /// Ends a message that was refused.
    pub async fn begin_anew(&mut self, was_asked: bool) -> io::Result<()> {
        if was_asked {
            self.write(b".\r\n", COMMAND).await?;
            self.read(COMMAND).await?;
        }
        let reply = self.one("RSET").await?;
        if reply.is_yes() {
            Ok(())
        } else {
            Err(io::Error::other(reply.text))
        }
    }

    /// Says good-bye, without waiting for long.
    pub async fn quit(&mut self) {
        let _ = timeout(QUIT, self.one("QUIT")).await;
    }

    async fn one(&mut self, command: &str) -> io::Result<Reply> {
        self.write(format!("{command}\r\n").as_bytes(), COMMAND).await?;
        self.read(COMMAND).await
    }

    async fn write(&mut self, bytes: &[u8], patience: Duration) -> io::Result<()> {
        let stream = &mut self.stream;
        let writing = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        timeout(patience, writing).await.unwrap_or_else(|_| Err(silent()))
    }

    async fn read(&mut self, patience: Duration) -> io::Result<Reply> {
        timeout(patience, self.read_reply()).await.unwrap_or_else(|_| Err(silent()))
    }

    async fn read_reply(&mut self) -> io::Result<Reply> {
        loop {
            if let Some((reply, taken)) = Reply::parse(&self.arrived).map_err(io::Error::other)? {
                self.arrived.drain(..taken);
                return Ok(reply);
            }
            let mut piece = [0; 4096];
            let length = self.stream.read(&mut piece).await?;
            if length == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection"));
            }
            self.arrived.extend_from_slice(&piece[..length]);
        }
    }
}

async fn secured(
    connection: Connection,
    server: &Server,
    tell: &mut impl FnMut(&'static str, Result<Answer, Answer>) -> Result<(), Answer>,
) -> Result<Connection, Answer> {
    match connection.secure(server).await {
        Ok(connection) => {
            tell("tls", Ok(Answer::default()))?;
            Ok(connection)
        }
        Err(why) => {
            tell("tls", Err(Answer::ours(&why)))?;
            Err(Answer::ours(why))
        }
    }
}

fn yes(reply: Reply) -> Result<Answer, Answer> {
    if reply.is_yes() { Ok(reply.answer()) } else { Err(reply.answer()) }
}

fn silent() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the server did not answer in time")
}

macro_rules! through {
    ($stream:expr, $inner:ident => $call:expr) => {
        match $stream.get_mut() {
            Stream::Plain($inner) => $call,
            Stream::Tls($inner) => $call,
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        through!(self, inner => Pin::new(inner).poll_read(cx, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        through!(self, inner => Pin::new(inner).poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        through!(self, inner => Pin::new(inner).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        through!(self, inner => Pin::new(inner).poll_shutdown(cx))
    }
}
