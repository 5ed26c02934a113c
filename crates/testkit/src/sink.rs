//! A mail server that takes everything and delivers nothing; what it is asked in the name of the recipient decides its answers: `nobody@…` is not
//! known, `later@…` is to come again, `full@…` asks for the message and refuses it, `silent@…` is accepted and never told so, `closed@…` ends
//! the connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    /// As it was sent, dots undone.
    pub mail: String,
}

impl Taken {
    /// A header, its first line.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.mail.split("\r\n\r\n").next()?;
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

#[derive(Default)]
struct Inner {
    taken: Mutex<Vec<Taken>>,
    commands: Mutex<Vec<String>>,
}

/// The server, running for as long as the test does.
#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    inner: Arc<Inner>,
}

impl Sink {
    /// Listens on a free port of this machine.
    pub async fn start() -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let sink = Sink {
            address: listener.local_addr().expect("an address"),
            inner: Arc::default(),
        };
        let inner = sink.inner.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = inner.clone();
                tokio::spawn(async move {
                    let _ = talk(stream, &inner).await;
                });
            }
        });
        sink
    }

    /// All it took so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.inner.taken.lock().expect("nobody panicked").clone()
    }

    /// How many it took so far.
    pub fn count(&self) -> usize {
        self.inner.taken.lock().expect("nobody panicked").len()
    }

    /// The commands it was given, but for the mails.
    pub fn commands(&self) -> Vec<String> {
        self.inner.commands.lock().expect("nobody panicked").clone()
    }
}

async fn talk(stream: TcpStream, inner: &Inner) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    stream.write_all(b"220 sink ESMTP\r\n").await?;
    let (mut to, mut line) = (None::<String>, Vec::new());
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let command = String::from_utf8_lossy(&line).trim_end().to_owned();
        inner.commands.lock().expect("nobody panicked").push(command.clone());
        let verb = command.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-sink\r\n250-PIPELINING\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n".to_owned(),
            "AUTH" => "235 2.7.0 welcome\r\n".to_owned(),
            "MAIL" | "RSET" | "NOOP" => {
                to = None;
                "250 2.0.0 ok\r\n".to_owned()
            }
            "RCPT" => {
                let address = command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                match address.split('@').next().unwrap_or_default() {
                    "nobody" => "550 5.1.1 no such user\r\n".to_owned(),
                    "later" => "450 4.2.1 come again\r\n".to_owned(),
                    "closed" => return Ok(()),
                    _ => {
                        to = Some(address);
                        "250 2.1.5 ok\r\n".to_owned()
                    }
                }
            }
            "DATA" => match to.take() {
                None => "503 5.5.1 no recipient\r\n".to_owned(),
                Some(to) => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let mail = read_mail(&mut stream).await?;
                    let name = to.split('@').next().unwrap_or_default().to_owned();
                    if name == "full" {
                        "552 5.3.4 too much\r\n".to_owned()
                    } else {
                        inner.taken.lock().expect("nobody panicked").push(Taken { to, mail });
                        if name == "silent" {
                            return Ok(());
                        }
                        "250 2.0.0 taken\r\n".to_owned()
                    }
                }
            },
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "500 5.5.2 what\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(mail);
        }
        let text = String::from_utf8_lossy(&line);
        mail.push_str(text.strip_prefix('.').unwrap_or(&text));
    }
}
