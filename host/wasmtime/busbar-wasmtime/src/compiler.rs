use busbar_host::components::Compile;
use busbar_host::engine::Machine;
use busbar_host::error::HostError;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The command that compiles.
const COMPILER: &str = "busbar-wasmtime-compile";

/// The compiler, where it is installed beside this command or in PATH. In a process of its own: what compiles text of others
/// has no device, and gives its memory back. It gets the bytes that were hashed, and gives the code back to this process
/// alone, so that a full disk keeps nothing from being read.
#[derive(Debug, Clone, Copy)]
pub struct CompilerBeside;

impl Compile for CompilerBeside {
    fn compile(&self, machine: &Machine, label: &str, component: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        let Some(compiler) = find_compiler() else { return Ok(None) };
        let mut command = Command::new(&compiler);
        command.args(["--component", "-", "--code-to", "-", "--label", label]);
        command.args(["--addresses", machine.addresses().name()]);
        let ended = run(command, component)
            .map_err(|cause| HostError::backend(format!("{} does not start ({cause}).", compiler.display())))?;
        if ended.status.success() {
            return Ok(Some(ended.stdout));
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        let sentence = said.lines().find_map(|line| line.strip_prefix("busbar: ")).map(str::to_owned);
        Err(HostError::component(sentence.unwrap_or_else(|| unsaid(label, &ended))))
    }
}

/// Gives the whole input before anything is read: the compiler says nothing before it has all of it.
fn run(mut command: Command, input: &[u8]) -> std::io::Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that ended already says why.
        let _ = stdin.write_all(input);
    }
    child.wait_with_output()
}

/// It was killed: by the kernel, where the machine has no memory left, or by an operator.
fn unsaid(label: &str, ended: &Output) -> String {
    match ended.status.signal() {
        Some(number) => format!(
            "{label} is not compiled: {COMPILER} was ended by signal {number}; run \"{COMPILER} BOARD --out FOLDER\" on a machine \
             with more memory and bring that folder here."
        ),
        None => {
            format!("{label} is not compiled: {COMPILER} ended with {}; install the one of this version.", ended.status)
        }
    }
}

/// The compiler, where it is installed.
pub fn find_compiler() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|own| own.parent().map(|folder| folder.join(COMPILER)));
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let in_path =
        std::env::split_paths(&paths).filter(|folder| folder.is_absolute()).map(|folder| folder.join(COMPILER));
    beside.into_iter().chain(in_path).find(|file| file.is_file())
}
