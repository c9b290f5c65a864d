//! The load generator: HTTP/1.1 over kept connections, as little as it takes to send a request and check its answer.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::Result;

/// One connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

/// A complete answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).unwrap_or_default().parse()?;
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.parse()?);
            }
        }
        let mut body = vec![0; length.ok_or("an answer without a length")?];
        self.stream.read_exact(&mut body).await?;
        Ok(Answer { status, body })
    }

    /// A GET that must succeed, as JSON, and how long it took.
    pub(crate) async fn get(&mut self, key: &str, path: &str) -> Result<(serde_json::Value, Duration)> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\r\n");
        let started = Instant::now();
        let answer = self.send(request.as_bytes()).await?;
        let took = started.elapsed();
        if answer.status != 200 {
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(format!("{} for {path}: {said}", answer.status).into());
        }
        Ok((serde_json::from_slice(&answer.body)?, took))
    }
}

/// A POST of a JSON body, ready to be sent.
pub(crate) fn post(key: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// What a drive came to.
pub(crate) struct Drive {
    pub(crate) took: Duration,
    /// Of each request, in no order.
    pub(crate) latencies: Vec<Duration>,
}

/// Sends the requests over so many connections, each the next as soon as it has its answer. Every answer must
/// acknowledge everything: otherwise there is no figure.
pub(crate) async fn drive(address: &str, connections: usize, requests: Vec<Vec<u8>>) -> Result<Drive> {
    let mut shares: Vec<Vec<Vec<u8>>> = (0..connections).map(|_| Vec::new()).collect();
    for (index, request) in requests.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(index % connections) {
            share.push(request);
        }
    }
    let mut clients = Vec::new();
    for share in shares {
        clients.push((Client::connect(address).await?, share));
    }
    let started = Instant::now();
    let tasks: Vec<_> =
        clients.into_iter().map(|(client, share)| tokio::spawn(send_all(client, share))).collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await??);
    }
    Ok(Drive { took: started.elapsed(), latencies })
}

async fn send_all(mut client: Client, requests: Vec<Vec<u8>>) -> Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(requests.len());
    for request in requests {
        let started = Instant::now();
        let answer = client.send(&request).await?;
        latencies.push(started.elapsed());
        let is_whole = match answer.status {
            201 => true,
            200 => {
                let said = String::from_utf8_lossy(&answer.body);
                said.contains(r#""duplicates":0,"rejected":0"#)
            }
            _ => false,
        };
        if !is_whole {
            let said: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
            return Err(format!("not acknowledged: {} {said}", answer.status).into());
        }
    }
    Ok(latencies)
}
