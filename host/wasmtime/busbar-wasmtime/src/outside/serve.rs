use super::message::{LONGEST_LINE, Message, Reply, Request, bytes_after};
use crate::compiler::CompilerBeside;
use crate::exit::Failure;
use crate::health::HealthPlace;
use crate::output::{Output, OutputOptions};
use crate::session::code_store;
use busbar_host::board::folder_of_board;
use busbar_host::board::{parse_board, read_board_text};
use busbar_host::cache::write_output_file;
use busbar_host::components::{ComponentSource, InstalledComponents};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::system_error::error_name;
use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
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
    let mut server =
        Server { options, output: Arc::new(Output::new(options.output)), machine: None, named: HashSet::new() };
    let misused = || Failure::Usage("outside is what \"busbar-wasmtime run\" starts for itself.".to_owned());
    let descriptor = std::io::stdin().as_fd().try_clone_to_owned().map_err(|_| misused())?;
    let mut stream = UnixStream::from(descriptor);
    let mut reader = BufReader::new(stream.try_clone().map_err(|_| misused())?);
    loop {
        let mut line = String::new();
        // One that was ended is at its end too.
        match (&mut reader).take(LONGEST_LINE).read_line(&mut line) {
            Ok(0) => return Ok(0),
            Ok(_) => {}
            Err(_) => return Err(misused()),
        }
        let mut bytes = Vec::new();
        let length = bytes_after(&line).ok_or_else(misused)?;
        (&mut reader).take(length).read_to_end(&mut bytes).map_err(|_| misused())?;
        let request = Request::parse(&line, bytes).ok_or_else(misused)?;
        let Message { line, bytes } = server.answer(request).unwrap_or_else(Reply::Failed).into_message();
        if stream.write_all(line.as_bytes()).and_then(|()| stream.write_all(&bytes)).is_err() {
            return Ok(0);
        }
    }
}

struct Server<'a> {
    options: &'a OutsideOptions,
    output: Arc<Output>,
    /// Made for the first component.
    machine: Option<Machine>,
    /// The components that the board file named when it was read last: no other is looked at.
    named: HashSet<String>,
}

impl Server<'_> {
    fn answer(&mut self, request: Request) -> Result<Reply, HostError> {
        let path = &self.options.path;
        match request {
            Request::Board => {
                let text = read_board_text(path)?;
                if let Ok(board) = parse_board(&text, path) {
                    let drivers = board.devices.into_iter().filter_map(|(_, entry)| entry.driver);
                    self.named = drivers.chain(board.apps.into_iter().map(|(_, app)| app.component)).collect();
                }
                Ok(Reply::Board(text))
            }
            Request::Component { specifier, known } => self.component(&specifier, known.as_deref()),
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

    fn component(&mut self, specifier: &str, known: Option<&str>) -> Result<Reply, HostError> {
        if !self.named.contains(specifier) {
            return Err(HostError::component(format!("{specifier} is not what the board file names.")));
        }
        let machine = match &self.machine {
            Some(machine) => machine.clone(),
            None => self.machine.insert(Machine::new(self.options.addresses)?).clone(),
        };
        let store = code_store(&self.output);
        let folder = folder_of_board(Path::new(&self.options.path));
        let components = InstalledComponents { folder, store: &store, compile: &CompilerBeside };
        let files = components.files(specifier)?;
        let code = components.code(&machine, specifier, known)?;
        Ok(code.map_or(Reply::Same, |code| Reply::Component { code, files }))
    }
}
