use busbar_core::cache::{CodeFiles, CodeKind, Environment, OnProblem};

const KIND: CodeKind = CodeKind {
    cache: "wamr",
    ending: "aot",
    deleted: "; \"busbar-wamr compile\" makes it anew, and until then it is interpreted",
};

/// The version of WAMR, as wamrx-sys 0.3.0 carries it.
const WAMR: &str = "2.4.3";
/// To be counted up where busbar-wamr-compile makes other code of the same module.
const SETTINGS: u32 = 1;

/// Machine code of a flattened component. It is *trusted*: whoever can write it can do what this process can, and WAMR believes what it
/// says of itself.
pub struct MachineCode(Vec<u8>);

impl MachineCode {
    /// What `busbar-wamr compile` has kept for a module, by the SHA-256 of that; none where it has not, or somebody else could
    /// have written it.
    pub fn kept(store: &CodeFiles, module_digest: &str) -> Option<Self> {
        store.read(&code_key(module_digest)).map(Self)
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Where the machine code of this user is kept: `XDG_CACHE_HOME/busbar/wamr`, or as [`CodeFiles::of_user`] says.
pub fn code_of_user(on_problem: OnProblem) -> CodeFiles {
    CodeFiles::of_user(KIND, on_problem)
}

/// [`code_of_user`] in another environment.
pub fn code_of(environment: &Environment, on_problem: OnProblem) -> CodeFiles {
    CodeFiles::of(KIND, environment, on_problem)
}

/// What code is kept by: the SHA-256 of the module, and all that its code was made with. It runs on every processor of its kind,
/// for it uses nothing that one of them lacks.
pub fn code_key(module_digest: &str) -> String {
    format!("{module_digest}-{}-wamr{WAMR}-{SETTINGS}", std::env::consts::ARCH)
}
