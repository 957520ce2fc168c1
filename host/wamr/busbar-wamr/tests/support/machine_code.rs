//! Machine code of what a test makes, by the compiler that was built beside the command. Where there is none, what needs it is left out
//! with a sentence; with BUSBAR_NATIVE=required that is an error.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Once;

/// Whether there is a compiler.
pub fn has_compiler() -> bool {
    static TOLD: Once = Once::new();
    let is_there = compiler().is_file();
    if !is_there {
        let sentence = "busbar-wamr-compile is not built, so nothing is tested with machine code: \
                        cargo build -p busbar-wamr-compile, with LLVM 19";
        assert!(std::env::var_os("BUSBAR_NATIVE").is_none_or(|value| value != "required"), "{sentence}");
        TOLD.call_once(|| eprintln!("{sentence}"));
    }
    is_there
}

/// The machine code of a flattened component.
pub fn of(module: &[u8]) -> Vec<u8> {
    let mut compiling = Command::new(compiler());
    let mut compiling = compiling.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    compiling.stdin.take().expect("it is piped").write_all(module).expect("it reads all of it");
    let done = compiling.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{}", done.status);
    done.stdout
}

/// Where it is, if it is built.
pub fn compiler() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_busbar-wamr")).with_file_name("busbar-wamr-compile")
}
