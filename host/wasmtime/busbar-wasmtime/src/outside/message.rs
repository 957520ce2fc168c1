//! A message is a line of JSON, and after it as many bytes as its `bytes` says.

use busbar_host::board::ComponentName;
use busbar_host::components::ComponentCode;
use busbar_host::error::{HostError, HostErrorCode};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The longest line of a message, and the most bytes after it.
pub const LONGEST_LINE: u64 = 1 << 20;
pub const MOST_BYTES: u64 = 512 << 20;

/// What the confined process asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// The text of the board file.
    Board,
    /// The code of a component that the board file names, unless it is kept by `known`.
    Component { name: ComponentName, known: Option<String> },
    /// Writes the record of what devices needed.
    Record(Vec<u8>),
    /// Takes the socket of `--health` away.
    RemoveSocket,
}

/// The answer to a request.
pub enum Reply {
    Board(String),
    /// The component is what is known.
    Same,
    Component {
        code: ComponentCode,
        files: Vec<(String, PathBuf)>,
    },
    Done,
    Failed(HostError),
}

/// A message as it is sent.
pub struct Message {
    /// With its end.
    pub line: String,
    pub bytes: Vec<u8>,
}

impl Message {
    fn new(mut head: Value, bytes: Vec<u8>) -> Self {
        head["bytes"] = bytes.len().into();
        Self { line: format!("{head}\n"), bytes }
    }
}

/// How many bytes come after a line.
pub fn bytes_after(line: &str) -> Option<u64> {
    let head: Value = serde_json::from_str(line).ok()?;
    head["bytes"].as_u64().filter(|bytes| *bytes <= MOST_BYTES)
}

impl Request {
    pub fn into_message(self) -> Message {
        match self {
            Self::Board => Message::new(json!({ "ask": "board" }), Vec::new()),
            Self::Component { name: ComponentName { specifier, wired }, known } => {
                let head = json!({ "ask": "component", "specifier": specifier, "wired": wired, "known": known });
                Message::new(head, Vec::new())
            }
            Self::Record(record) => Message::new(json!({ "ask": "record" }), record),
            Self::RemoveSocket => Message::new(json!({ "ask": "remove-socket" }), Vec::new()),
        }
    }

    /// None where it is no request.
    pub fn parse(line: &str, bytes: Vec<u8>) -> Option<Self> {
        let head: Value = serde_json::from_str(line).ok()?;
        Some(match head["ask"].as_str()? {
            "board" => Self::Board,
            "component" => Self::Component {
                name: ComponentName {
                    specifier: head["specifier"].as_str()?.to_owned(),
                    wired: serde_json::from_value(head["wired"].clone()).ok()?,
                },
                known: head["known"].as_str().map(str::to_owned),
            },
            "record" => Self::Record(bytes),
            "remove-socket" => Self::RemoveSocket,
            _ => return None,
        })
    }
}

impl Reply {
    pub fn into_message(self) -> Message {
        match self {
            Self::Board(text) => Message::new(json!({ "is": "board" }), text.into_bytes()),
            Self::Same => Message::new(json!({ "is": "same" }), Vec::new()),
            Self::Component { code: ComponentCode { key, code }, files } => {
                Message::new(json!({ "is": "component", "key": key, "files": files }), code)
            }
            Self::Done => Message::new(json!({ "is": "done" }), Vec::new()),
            Self::Failed(HostError { code, message }) => {
                Message::new(json!({ "is": "failed", "code": code.name(), "message": message }), Vec::new())
            }
        }
    }

    /// None where it is no reply.
    pub fn parse(line: &str, bytes: Vec<u8>) -> Option<Self> {
        let head: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| head[key].as_str().map(str::to_owned);
        Some(match head["is"].as_str()? {
            "board" => Self::Board(String::from_utf8(bytes).ok()?),
            "same" => Self::Same,
            "component" => Self::Component {
                code: ComponentCode { key: text("key")?, code: bytes },
                files: head["files"].as_array()?.iter().map(file_of).collect::<Option<_>>()?,
            },
            "done" => Self::Done,
            "failed" => Self::Failed(HostError::new(HostErrorCode::named(&text("code")?)?, text("message")?)),
            _ => return None,
        })
    }
}

fn file_of(file: &Value) -> Option<(String, PathBuf)> {
    Some((file[0].as_str()?.to_owned(), file[1].as_str()?.into()))
}

#[cfg(test)]
mod tests {
    use super::{Message, Reply, Request, bytes_after};
    use busbar_host::board::ComponentName;
    use busbar_host::components::ComponentCode;
    use busbar_host::error::HostError;

    #[test]
    fn a_request_is_the_same_when_it_arrives() {
        let component = |known: Option<&str>| Request::Component {
            name: ComponentName { specifier: "./a\n.wasm".to_owned(), wired: vec!["i2c".to_owned()] },
            known: known.map(str::to_owned),
        };
        let all = [|| Request::Board, || Request::Record(b"{}\n{}".to_vec()), || Request::RemoveSocket];
        for request in all
            .map(|make| (make(), make()))
            .into_iter()
            .chain([(component(None), component(None)), (component(Some("k")), component(Some("k")))])
        {
            let Message { line, bytes } = request.0.into_message();
            assert_eq!((line.matches('\n').count(), bytes_after(&line)), (1, Some(bytes.len() as u64)));
            assert_eq!(Request::parse(&line, bytes), Some(request.1));
        }
    }

    #[test]
    fn a_reply_is_the_same_when_it_arrives() {
        let files = vec![("x".to_owned(), "/x".into())];
        let code = ComponentCode { key: "k".to_owned(), code: vec![0, 10, 255] };
        for reply in [
            Reply::Board("{ \"devices\": {} }\n".to_owned()),
            Reply::Same,
            Reply::Component { code, files },
            Reply::Done,
            Reply::Failed(HostError::component("x: no.")),
        ] {
            let Message { line, bytes } = reply.into_message();
            let again = Reply::parse(&line, bytes.clone()).expect("it is one").into_message();
            assert_eq!((again.line, again.bytes), (line, bytes));
        }
    }

    #[test]
    fn what_is_no_message_is_none() {
        for line in ["", "{}", "[]", r#"{"bytes":-1}"#, r#"{"bytes":99999999999}"#] {
            assert_eq!(bytes_after(line), None, "{line}");
        }
        assert_eq!(Request::parse(r#"{"ask":"everything","bytes":0}"#, Vec::new()), None);
        assert!(Reply::parse(r#"{"is":"failed","code":"nonsense","message":"","bytes":0}"#, Vec::new()).is_none());
    }
}
