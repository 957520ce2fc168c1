use super::PREFIX;
use busbar_core::error::HostError;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A compiler of machine code, where it is installed beside this command or in PATH. In a process of its own: what compiles text
/// of others has no device, and gives its memory back. It gets the bytes that were hashed, and gives the code back to this process
/// alone, so that a full disk keeps nothing from being read.
#[derive(Debug, Clone, Copy)]
pub struct CompilerBeside {
    /// The name of its program.
    pub program: &'static str,
    /// What to do where the machine has not the memory for it, as what comes after "was ended by signal 9;".
    pub elsewhere: &'static str,
}

impl CompilerBeside {
    /// Where it is installed.
    pub fn find(&self) -> Option<PathBuf> {
        let own = std::env::current_exe().ok();
        let beside = own.and_then(|own| own.parent().map(|folder| folder.join(self.program)));
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let in_path =
            std::env::split_paths(&paths).filter(|folder| folder.is_absolute()).map(|folder| folder.join(self.program));
        beside.into_iter().chain(in_path).find(|file| file.is_file())
    }

    /// Starts it with these parameters and this input, and gives the code; none where it is not installed. `label` is what messages
    /// call the component.
    ///
    /// # Errors
    ///
    /// What it says, or how it ended without saying anything.
    pub fn compile<P: AsRef<OsStr>>(
        &self,
        label: &str,
        parameters: impl IntoIterator<Item = P>,
        input: &[u8],
    ) -> Result<Option<Vec<u8>>, HostError> {
        let Some(compiler) = self.find() else { return Ok(None) };
        let mut command = Command::new(&compiler);
        command.args(parameters);
        let ended = run(command, input)
            .map_err(|cause| HostError::backend(format!("{} does not start ({cause}).", compiler.display())))?;
        if ended.status.success() {
            return Ok(Some(ended.stdout));
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        let sentence = said.lines().find_map(|line| line.strip_prefix(PREFIX)).map(str::to_owned);
        Err(HostError::component(sentence.unwrap_or_else(|| self.unsaid(label, &ended))))
    }

    /// It was killed: by the kernel, where the machine has no memory left, or by an operator.
    fn unsaid(&self, label: &str, ended: &Output) -> String {
        let Self { program, elsewhere } = self;
        match ended.status.signal() {
            Some(number) => format!("{label} is not compiled: {program} was ended by signal {number}; {elsewhere}."),
            None => {
                format!(
                    "{label} is not compiled: {program} ended with {}; install the one of this version.",
                    ended.status
                )
            }
        }
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

/// Who asked for the code and ended needs it no more.
pub fn end_with_parent() {
    // SAFETY: it takes numbers only.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}
