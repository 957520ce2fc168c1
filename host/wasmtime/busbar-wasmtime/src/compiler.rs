use busbar_host::error::HostError;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The command that compiles.
const COMPILER: &str = "busbar-wasmtime-compile";

/// Lets the compiler make code of a component, where it is installed beside this command or in PATH. In a process of its own:
/// what compiles text of others has no device, and gives its memory back.
///
/// # Errors
///
/// When it is there and fails: its sentence.
pub fn compile_beside(component: &Path) -> Result<bool, HostError> {
    let Some(compiler) = find_compiler() else { return Ok(false) };
    let run = Command::new(&compiler).arg("--component").arg(component).stdin(Stdio::null()).output();
    let ended = run.map_err(|cause| HostError::backend(format!("{} does not start ({cause}).", compiler.display())))?;
    if ended.status.success() {
        return Ok(true);
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let sentence = said.trim().strip_prefix("busbar: ").unwrap_or(said.trim());
    let sentence =
        if sentence.is_empty() { format!("{COMPILER} ended with {}.", ended.status) } else { sentence.to_owned() };
    Err(HostError::component(sentence))
}

/// Where the compiler is: beside this command, or in PATH.
pub fn find_compiler() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|own| own.parent().map(|folder| folder.join(COMPILER)));
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let in_path =
        std::env::split_paths(&paths).filter(|folder| folder.is_absolute()).map(|folder| folder.join(COMPILER));
    beside.into_iter().chain(in_path).find(|file| file.is_file())
}
