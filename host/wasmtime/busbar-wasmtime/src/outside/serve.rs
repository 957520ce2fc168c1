use super::message::{LONGEST_LINE, Message, Reply, Request, bytes_after};
use crate::compiler::CompiledBeside;
use crate::health::HealthPlace;
use crate::output::{Output, OutputOptions};
use crate::session::code_store;
use busbar_command::exit::Failure;
use busbar_host::board::{ComponentName, folder_of_board, parse_board, read_board_text};
use busbar_host::cache::write_output_file;
use busbar_host::components::{ComponentSource, InstalledComponents};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::system_error::error_name;
use std::collections::HashSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

/// What the second process was started for: nothing else is read or written by it.
#[derive(Debug, Clone)]
pub struct OutsideOptions {
    /// The board file.
    pub path: String,
    pub output: OutputOptions,
    /// How much address space memories take where drivers run.
    pub addresses: Addresses,
    /// The file of `--record`.
    pub record: Option<String>,
    /// The place of `--health`.
    pub health: Option<String>,
}

/// Serves the process that started this one, on its standard input, until that ends.
///
/// # Errors
///
/// Where a person started it, or what asks is not of this version.
pub fn serve(options: &OutsideOptions) -> Result<u8, Failure> {
    outlive_signals();
    let mut server =
        Server { options, output: Arc::new(Output::new(options.output)), machine: None, named: HashSet::new() };
    let misused = || Failure::Usage("outside is what \"busbar-wasmtime run\" starts for itself.".to_owned());
    let descriptor = std::io::stdin().as_fd().try_clone_to_owned().map_err(|_| misused())?;
    let mut stream = UnixStream::from(descriptor);
    // What is no socket has nobody on its other side.
    stream.peer_addr().map_err(|_| misused())?;
    let mut reader = BufReader::new(stream.try_clone().map_err(|_| misused())?);
    while let Ok(Some((line, bytes))) = read_message(&mut reader) {
        let request = Request::parse(&line, bytes).ok_or_else(misused)?;
        let Message { line, bytes } = server.answer(request).unwrap_or_else(Reply::Failed).into_message();
        if stream.write_all(line.as_bytes()).and_then(|()| stream.write_all(&bytes)).is_err() {
            break;
        }
    }
    // The other one has ended, by itself or in the middle of what it did.
    Ok(0)
}

/// None at the end, also in the middle of a message.
fn read_message(reader: &mut BufReader<UnixStream>) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut line = String::new();
    reader.take(LONGEST_LINE).read_line(&mut line)?;
    let Some(length) = bytes_after(&line) else { return Ok(None) };
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 == length).then_some((line, bytes)))
}

/// Ctrl-C and systemd tell all processes of a run to end. This one is needed until the one with the drivers has ended, and ends
/// with it. What it starts itself begins without that mask.
fn outlive_signals() {
    // SAFETY: the functions write to the set that they are given, which lives here, and take numbers.
    unsafe {
        let mut signals = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut signals);
        for number in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
            libc::sigaddset(&raw mut signals, number);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const signals, std::ptr::null_mut());
    }
}

struct Server<'a> {
    options: &'a OutsideOptions,
    output: Arc<Output>,
    /// Made for the first component.
    machine: Option<Machine>,
    /// The components that the board file named when it was read last: no other is looked at.
    named: HashSet<ComponentName>,
}

impl Server<'_> {
    fn answer(&mut self, request: Request) -> Result<Reply, HostError> {
        let path = &self.options.path;
        match request {
            Request::Board => {
                let text = read_board_text(path)?;
                if let Ok(board) = parse_board(&text, path) {
                    let drivers = board.entries().filter_map(|placed| placed.entry.named_driver());
                    self.named = drivers.chain(board.apps.iter().map(|(_, app)| app.named_component())).collect();
                }
                Ok(Reply::Board(text))
            }
            Request::Component { name, known } => self.component(&name, known.as_deref()),
            Request::Record(record) => {
                let file = self.options.record.as_deref().unwrap_or_default();
                match write_output_file(Path::new(file), &record) {
                    Ok(()) => Ok(Reply::Done),
                    Err(error) => Err(HostError::backend(error_name(&error))),
                }
            }
            Request::RemoveSocket => {
                let place = self.options.health.as_deref().and_then(|place| HealthPlace::parse(place).ok());
                if let Some(file) = place.as_ref().and_then(HealthPlace::file) {
                    // Who takes it away otherwise has done the same.
                    let _ = fs::remove_file(file);
                }
                Ok(Reply::Done)
            }
        }
    }

    fn component(&mut self, name: &ComponentName, known: Option<&str>) -> Result<Reply, HostError> {
        if !self.named.contains(name) {
            let specifier = &name.specifier;
            return Err(HostError::component(format!("{specifier} is not what the board file names.")));
        }
        let machine = match &self.machine {
            Some(machine) => machine.clone(),
            None => self.machine.insert(Machine::new(self.options.addresses)?).clone(),
        };
        let store = code_store(&self.output);
        let folder = folder_of_board(Path::new(&self.options.path));
        let components = InstalledComponents { folder, store: &store, compile: &CompiledBeside };
        let files = components.files(name)?;
        let code = components.code(&machine, name, known)?;
        Ok(code.map_or(Reply::Same, |code| Reply::Component { code, files }))
    }
}

#[cfg(test)]
mod tests {
    use super::{OutsideOptions, Server};
    use crate::output::{Output, OutputOptions};
    use crate::outside::message::{Reply, Request};
    use busbar_host::engine::Addresses;
    use std::collections::HashSet;
    use std::fs;
    use std::os::unix::net::UnixListener;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    /// A folder with a board file that names "./named.wasm".
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("busbar-outside-{name}-{}", std::process::id()));
            fs::create_dir(&folder).expect("a folder");
            fs::write(folder.join("board.json"), r#"{ "devices": { "a": { "driver": "./named.wasm" } } }"#)
                .expect("a board");
            Self(folder)
        }

        fn file(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        fn answers<const COUNT: usize>(&self, requests: [Request; COUNT]) -> [Reply; COUNT] {
            let shown = |path: &Path| path.display().to_string();
            let options = OutsideOptions {
                path: shown(&self.file("board.json")),
                output: OutputOptions::default(),
                addresses: Addresses::Plenty,
                record: Some(shown(&self.file("record.json"))),
                health: Some(shown(&self.file("health.sock"))),
            };
            let output = Arc::new(Output::new(options.output));
            let mut server = Server { options: &options, output, machine: None, named: HashSet::new() };
            requests.map(|request| server.answer(request).unwrap_or_else(Reply::Failed))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _gone_or_not = fs::remove_dir_all(&self.0);
        }
    }

    fn component(specifier: &str) -> Request {
        Request::Component { name: specifier.into(), known: None }
    }

    fn failure(reply: &Reply) -> &str {
        match reply {
            Reply::Failed(error) => &error.message,
            _ => "",
        }
    }

    #[test]
    fn it_looks_at_no_component_but_those_that_the_board_file_names() {
        let folder = Folder::new("component");
        let requests = [component("./named.wasm"), Request::Board, component("/etc/passwd"), component("./named.wasm")];
        let [before, board, other, named] = folder.answers(requests);
        assert_eq!(failure(&before), "./named.wasm is not what the board file names.");
        assert!(matches!(board, Reply::Board(text) if text.contains("named")));
        assert_eq!(failure(&other), "/etc/passwd is not what the board file names.");
        assert!(failure(&named).contains("there is no such file"), "{}", failure(&named));
    }

    #[test]
    fn it_writes_the_record_and_takes_the_socket_away() {
        let folder = Folder::new("record");
        drop(UnixListener::bind(folder.file("health.sock")).expect("a socket"));
        let replies = folder.answers([Request::Record(b"{}".to_vec()), Request::RemoveSocket]);
        assert!(matches!(replies, [Reply::Done, Reply::Done]));
        assert_eq!(fs::read(folder.file("record.json")).expect("it is written"), b"{}");
        assert!(!folder.file("health.sock").exists());
    }
}
