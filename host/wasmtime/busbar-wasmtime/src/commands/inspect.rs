use crate::compiler::CompiledBeside;
use crate::output::{Output, OutputOptions};
use crate::session::code_store;
use busbar_command::component_file::{ComponentFile, HERE};
use busbar_command::exit::Failure;
use busbar_command::inspect::{Inspected, print_inspection};
use busbar_host::address_space::{ThisProcess, addresses_for};
use busbar_host::components::{ComponentSource, InstalledComponents, summarize_component};
use busbar_host::engine::Machine;
use std::path::Path;
use std::sync::Arc;

/// A gzip file's head and end, RFC 1952, around the compressed data.
const GZIP_FRAME: usize = 18;
/// zlib's own level.
const GZIP_LEVEL: u8 = 6;

/// `busbar-wasmtime inspect`: what a component is and needs, without running anything of it.
pub fn inspect(name: &str, options: OutputOptions) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options));
    let file = ComponentFile::read(name)?;
    let summary = summarize_component(&file.bytes, &file.specifier)?;
    let gzip_bytes = miniz_oxide::deflate::compress_to_vec(&file.bytes, GZIP_LEVEL).len() + GZIP_FRAME;
    let inspected =
        Inspected { summary, problem: link_problem(&file, &output), made_of: None, gzip_bytes: Some(gzip_bytes) };
    print_inspection(&file, &inspected, &output);
    Ok(output.exit_code(0))
}

/// Why this host cannot link the component: it is compiled for that where it was not yet, as it would be to run.
fn link_problem(file: &ComponentFile, output: &Arc<Output>) -> Option<String> {
    let store = code_store(output);
    let components = InstalledComponents { folder: Path::new(HERE), store: &store, compile: &CompiledBeside };
    let loaded = Machine::new(addresses_for(1, &ThisProcess))
        .and_then(|machine| components.load(&machine, &file.specifier.as_str().into()));
    loaded.err().map(|error| error.message)
}
