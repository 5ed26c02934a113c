//! The real program as a process of its own, and connections to it: for what a router in the same process can not show, such as being
//! killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use server::app::PREFIX;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Answer;
use crate::database::Place;

/// How long the program may take to start, or to answer: long enough for a busy machine, short enough to notice that it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// `crm serve`, running. Killed when dropped, whatever became of the test.
pub struct Process {
    child: Child,
    /// Where it listens.
    pub address: String,
}

impl Process {
    /// Starts the binary over a database and waits until it listens.
    pub fn serve(binary: &Path, place: &Place) -> Process {
        for _ in 0..20 {
            if let Some(process) = Process::try_serve(binary, place) {
                return process;
            }
        }
        panic!("the program does not start");
    }

    /// None when somebody else took the port meanwhile.
    fn try_serve(binary: &Path, place: &Place) -> Option<Process> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a free port").to_string();
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .env_clear()
            .env("CRM_DATA_DIR", place.dir())
            .env("CRM_LISTEN", &address)
            .env("RUST_BACKTRACE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Some(url) = place.url() {
            command.env("DATABASE_URL", url);
        }
        let mut child = command.spawn().expect("the program");
        let log = child.stderr.take().expect("its log");
        let mut process = Process { child, address };
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                let is_wrong = line.contains("ERROR") || line.contains("panicked") || line.contains("WARN");
                if is_wrong {
                    eprintln!("crm: {line}");
                }
                if line.contains("Context7 CRM is at") {
                    let _ = tell.send(true);
                } else if line.contains("cannot listen") {
                    let _ = tell.send(false);
                }
            }
        });
        match told.recv_timeout(PATIENCE) {
            Ok(true) => Some(process),
            Ok(false) => None,
            Err(_) => {
                let ended = process.child.try_wait();
                panic!("the program did not say that it listens ({ended:?})");
            }
        }
    }

    /// The number of the process, to send it signals.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM, and how it ended.
    pub fn stop(mut self) -> std::process::ExitStatus {
        self.signal("TERM");
        self.child.wait().expect("its end")
    }

    /// Sends it a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.id().to_string()]).status();
        assert!(sent.expect("kill").success());
    }

    /// SIGKILL: no last word, no last write.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// One connection to the program, on which requests follow each other.
pub struct Connection {
    address: String,
    bearer: String,
    stream: Option<tokio::io::BufReader<TcpStream>>,
}

impl Connection {
    pub fn new(process: &Process, bearer: &str) -> Connection {
        Connection::to(&process.address, bearer)
    }

    /// To whoever listens there; without a bearer the caller is nobody, or whom a cookie says.
    pub fn to(address: &str, bearer: &str) -> Connection {
        Connection {
            address: address.to_owned(),
            bearer: bearer.to_owned(),
            stream: None,
        }
    }

    pub async fn get(&mut self, path: &str) -> std::io::Result<Answer> {
        self.call(Method::GET, path, &[], None).await
    }

    pub async fn post(&mut self, path: &str, key: &str, body: &Value) -> std::io::Result<Answer> {
        self.call(Method::POST, path, &[("idempotency-key", key)], Some(body)).await
    }

    /// Sends a request and reads its answer. An error means that nobody knows what became of it.
    pub async fn call(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> std::io::Result<Answer> {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send(method, path, headers, body).await
    }

    /// Uploads a file as the form field `file`.
    pub async fn upload(&mut self, path: &str, file_name: &str, content: &str, options: &Value) -> std::io::Result<Answer> {
        let body = format!(
            "--b0undary\r\ncontent-disposition: form-data; name=\"options\"\r\n\r\n{options}\r\n--b0undary\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\r\n{content}\r\n--b0undary--\r\n"
        );
        let body = ("multipart/form-data; boundary=b0undary", body.into_bytes());
        self.send(Method::POST, path, &[], Some(body)).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> std::io::Result<Answer> {
        let answer = tokio::time::timeout(PATIENCE, self.exchange(method, path, headers, body)).await;
        let answer = answer.unwrap_or_else(|_| panic!("no answer within {PATIENCE:?}: {path}"));
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    async fn exchange(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> std::io::Result<Answer> {
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{PREFIX}/{path}")
        };
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\naccept-language: en\r\n", self.address);
        if !self.bearer.is_empty() {
            request.push_str(&format!("authorization: Bearer {}\r\n", self.bearer));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some((kind, body)) = &body {
            request.push_str(&format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let mut request = request.into_bytes();
        request.extend(body.into_iter().flat_map(|(_, body)| body));

        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(&self.address).await?;
                stream.set_nodelay(true)?;
                none.insert(tokio::io::BufReader::new(stream))
            }
        };
        stream.get_mut().write_all(&request).await?;
        let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Err(cut());
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let status = lines.first().and_then(|line| line.split(' ').nth(1)?.parse::<u16>().ok());
        let status = status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or_else(cut)?;
        let mut headers = HeaderMap::new();
        for (name, value) in lines.iter().skip(1).filter_map(|line| line.split_once(": ")) {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.append(name, value);
            }
        }
        let length = |headers: &HeaderMap| headers.get("content-length")?.to_str().ok()?.parse::<usize>().ok();
        let mut body = vec![0; length(&headers).unwrap_or_default()];
        stream.read_exact(&mut body).await?;
        Ok(Answer { status, headers, body })
    }
}
