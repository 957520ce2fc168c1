use busbar_command::compiling::CompilerBeside;
use busbar_host::components::Compile;
use busbar_host::engine::Machine;
use busbar_host::error::HostError;

/// The compiler of Wasmtime's code.
pub const COMPILER: CompilerBeside = CompilerBeside {
    program: "busbar-wasmtime-compile",
    elsewhere: "run \"busbar-wasmtime-compile BOARD --out FOLDER\" on a machine with more memory and bring that folder here",
};

/// Compiles with [`COMPILER`], where it is installed.
#[derive(Debug, Clone, Copy)]
pub struct CompiledBeside;

impl Compile for CompiledBeside {
    fn compile(&self, machine: &Machine, label: &str, component: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        let addresses = machine.addresses().name();
        let parameters = ["--component", "-", "--code-to", "-", "--label", label, "--addresses", addresses];
        COMPILER.compile(label, parameters, component)
    }
}
