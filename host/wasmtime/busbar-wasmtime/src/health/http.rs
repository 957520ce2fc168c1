use super::place::{HealthPlace, LOOPBACK, socket_address};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const ANSWER_TIME: Duration = Duration::from_secs(5);
/// In bytes.
const LONGEST_ANSWER: u64 = 8 << 20;
const MOST_HEADERS: usize = 64;

/// What answered a request.
pub enum Answer {
    /// The body.
    Body(Vec<u8>),
    /// Something that does not speak HTTP.
    Nonsense,
}

/// Asks what tells health at a place.
///
/// # Errors
///
/// The system's, and `TimedOut` where there is no answer within 5 s.
pub fn ask(place: &HealthPlace) -> io::Result<Answer> {
    let place = place.clone();
    let (answered, answer) = mpsc::channel();
    // In a thread of its own, which is left behind: what holds a connection up, or drips, holds nobody up for longer.
    thread::spawn(move || answered.send(ask_without_end(&place)));
    answer.recv_timeout(ANSWER_TIME).unwrap_or_else(|_| Err(ErrorKind::TimedOut.into())).map(body_of)
}

fn ask_without_end(place: &HealthPlace) -> io::Result<Vec<u8>> {
    match place {
        HealthPlace::Port(port) => {
            converse(TcpStream::connect((Ipv4Addr::LOCALHOST, *port))?, &format!("{LOOPBACK}:{port}"))
        }
        HealthPlace::Socket(path) => converse(UnixStream::connect_addr(&socket_address(path)?)?, "localhost"),
    }
}

/// In HTTP/1.0, whose answers end with the connection.
fn converse(mut stream: impl Read + Write, host: &str) -> io::Result<Vec<u8>> {
    stream.write_all(format!("GET / HTTP/1.0\r\nHost: {host}\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    Ok(answer)
}

fn body_of(mut answer: Vec<u8>) -> Answer {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    match httparse::Response::new(&mut headers).parse(&answer) {
        Ok(httparse::Status::Complete(begin)) => Answer::Body(answer.split_off(begin)),
        _ => Answer::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, body_of};

    #[test]
    fn a_body_is_what_comes_after_the_headers() {
        let answer = body_of(b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n{}".to_vec());
        assert!(matches!(answer, Answer::Body(body) if body == b"{}"));
        for nonsense in [&b"SSH-2.0-OpenSSH"[..], b"", b"HTTP/1.1 200 OK\r\n"] {
            assert!(matches!(body_of(nonsense.to_vec()), Answer::Nonsense));
        }
    }
}
