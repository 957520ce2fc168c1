use super::message::{LONGEST_LINE, Message, Reply, Request, bytes_after};
use super::serve::OutsideOptions;
use busbar_host::board::ComponentName;
use busbar_host::components::LoadedComponent;
use busbar_host::engine::Machine;
use busbar_host::error::HostError;
use busbar_host::update::{BringComponents, Bringing, Brought};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as Socket;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::rc::Rc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::Mutex;
use tokio::task::spawn_local;

/// This process's own program, also where another one has its name by now: proc(5).
const OWN_PROGRAM: &str = "/proc/self/exe";

/// The process that does what this one cannot any more.
pub struct Outside {
    /// One request after the other.
    stream: Rc<Mutex<BufReader<UnixStream>>>,
    machine: Machine,
}

impl Outside {
    /// Starts it: before this process is confined. It ends with this one.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn start(options: &OutsideOptions, machine: Machine) -> io::Result<Self> {
        let (own, other) = Socket::pair()?;
        own.set_nonblocking(true)?;
        let mut command = Command::new(OWN_PROGRAM);
        command.arg0("busbar-wasmtime").args(["outside", &options.path, "--addresses", options.addresses.name()]);
        for (option, value) in [("--record", &options.record), ("--health", &options.health)] {
            command.args(value.iter().flat_map(|value| [option, value.as_str()]));
        }
        command.args(options.output.to_arguments());
        // It prints nothing, and reads nothing but what it is asked.
        command.stdin(Stdio::from(OwnedFd::from(other))).stdout(Stdio::null()).spawn()?;
        Ok(Self { stream: Rc::new(Mutex::new(BufReader::new(UnixStream::from_std(own)?))), machine })
    }

    /// The text of the board file.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn board(&self) -> Result<String, HostError> {
        match self.ask(Request::Board).await? {
            Reply::Board(text) => Ok(text),
            _ => Err(gone()),
        }
    }

    /// Keeps the record of what devices needed. Gives the name of the system's error where it cannot be written.
    ///
    /// # Errors
    ///
    /// Where nobody is there to write it.
    pub async fn record(&self, record: Vec<u8>) -> Result<Result<(), String>, HostError> {
        match self.reply(Request::Record(record)).await? {
            Reply::Failed(error) => Ok(Err(error.message)),
            _ => Ok(Ok(())),
        }
    }

    /// Takes the socket of `--health` away.
    pub async fn remove_socket(&self) {
        // The next one that wants the place finds that nobody is there.
        let _ = self.ask(Request::RemoveSocket).await;
    }

    async fn ask(&self, request: Request) -> Result<Reply, HostError> {
        match self.reply(request).await? {
            Reply::Failed(error) => Err(error),
            reply => Ok(reply),
        }
    }

    async fn reply(&self, request: Request) -> Result<Reply, HostError> {
        let stream = self.stream.clone();
        // In a task of its own: who asked may give up in the middle, and the next one would read the rest of this reply.
        let conversation = spawn_local(async move { converse(&mut *stream.lock().await, request).await });
        let reply = conversation.await.map_err(|_| gone())?;
        reply.map_err(|_| gone())?.ok_or_else(gone)
    }

    async fn component(&self, name: &ComponentName, known: Option<&str>) -> Result<Brought, HostError> {
        let request = Request::Component { name: name.clone(), known: known.map(str::to_owned) };
        match self.ask(request).await? {
            Reply::Same => Ok(Brought::Same),
            Reply::Component { code, files } => {
                // SAFETY: the other process is of this very program and was started before this one was confined; it gives
                // what a `Compile` made, from a folder that only this user can write, and nobody else speaks on the socket.
                let loaded = unsafe { LoadedComponent::of_code(&self.machine, &name.specifier, &code) }?;
                Ok(Brought::Other { loaded, files })
            }
            _ => Err(gone()),
        }
    }
}

impl BringComponents for Outside {
    fn bring<'a>(&'a self, name: &'a ComponentName, known: Option<&'a str>) -> Bringing<'a> {
        Box::pin(self.component(name, known))
    }
}

/// None where it is no reply of this version's.
async fn converse(stream: &mut BufReader<UnixStream>, request: Request) -> io::Result<Option<Reply>> {
    let Message { line, bytes } = request.into_message();
    stream.write_all(line.as_bytes()).await?;
    stream.write_all(&bytes).await?;
    let mut line = String::new();
    (&mut *stream).take(LONGEST_LINE).read_line(&mut line).await?;
    let Some(length) = bytes_after(&line) else { return Ok(None) };
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    stream.read_exact(&mut bytes).await?;
    Ok(Reply::parse(&line, bytes))
}

fn gone() -> HostError {
    HostError::backend("the process that reads files for this one is gone; start busbar again.")
}
