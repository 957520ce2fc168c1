//! Where the C sources of WAMR are, and how its runtime is built from them: alike for the host and for the compiler of machine
//! code, which have to agree on what is where in its structures.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of which every C file is a part of it. As core/iwasm and core/shared say in their .cmake files.
const FOLDERS: [&str; 7] = [
    "core/iwasm/common",
    "core/iwasm/libraries/thread-mgr",
    "core/shared/mem-alloc",
    "core/shared/mem-alloc/ems",
    "core/shared/platform/linux",
    "core/shared/platform/common/posix",
    "core/shared/utils",
];

/// An interpreter is chosen beside them.
const FILES: [&str; 5] = [
    "core/iwasm/aot/aot_intrinsic.c",
    "core/iwasm/aot/aot_loader.c",
    "core/iwasm/aot/aot_runtime.c",
    "core/iwasm/interpreter/wasm_loader.c",
    "core/iwasm/interpreter/wasm_runtime.c",
];

/// Files of those folders that are for what is left out: WASI, and a main function.
const LEFT_OUT: [&str; 4] = ["posix_file.c", "posix_clock.c", "posix_socket.c", "wasm_application.c"];

const INCLUDES: [&str; 10] = [
    "core",
    "core/iwasm/aot",
    "core/iwasm/include",
    "core/iwasm/common",
    "core/iwasm/interpreter",
    "core/iwasm/libraries/thread-mgr",
    "core/shared/mem-alloc",
    "core/shared/platform/include",
    "core/shared/platform/linux",
    "core/shared/utils",
];

/// core/config.h has the rest, in which nothing more is on.
const DEFINITIONS: [(&str, &str); 16] = [
    ("BH_PLATFORM_LINUX", "1"),
    ("BH_MALLOC", "wasm_runtime_malloc"),
    ("BH_FREE", "wasm_runtime_free"),
    ("WASM_ENABLE_INTERP", "1"),
    ("WASM_ENABLE_AOT", "1"),
    ("WASM_ENABLE_BULK_MEMORY", "1"),
    ("WASM_ENABLE_BULK_MEMORY_OPT", "1"),
    // Guests are ended from another thread: wasm_runtime_terminate works with this only.
    ("WASM_ENABLE_THREAD_MGR", "1"),
    // Bounds are checked by the interpreter, and by the code: no signals are handled, and no addresses reserved.
    ("WASM_DISABLE_HW_BOUND_CHECK", "1"),
    ("WASM_DISABLE_STACK_HW_BOUND_CHECK", "1"),
    ("WASM_DISABLE_WAKEUP_BLOCKING_OP", "1"),
    ("WASM_DISABLE_WRITE_GS_BASE", "1"),
    ("WASM_ENABLE_QUICK_AOT_ENTRY", "0"),
    ("WASM_ENABLE_AOT_INTRINSICS", "0"),
    ("WASM_HAVE_MREMAP", "1"),
    ("_GNU_SOURCE", "1"),
];

/// The sources.
pub struct Wamr {
    root: PathBuf,
}

impl Wamr {
    /// Where cargo has the package with them. The error is one sentence.
    pub fn find() -> Result<Self, String> {
        let manifest = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("Cargo.toml");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["metadata", "--locked", "--format-version", "1", "--manifest-path"]).arg(manifest);
        let output = cargo.output().map_err(|cause| format!("cargo does not start ({cause})."))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("cargo cannot get the sources of WAMR: {}", said.trim().replace('\n', " ")));
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|cause| cause.to_string())?;
        let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let package = packages.iter().find(|package| package["name"] == "wamrx-sys");
        let manifest =
            package.and_then(|package| package["manifest_path"].as_str()).ok_or("Cargo.lock has no wamrx-sys.")?;
        Ok(Self { root: Path::new(manifest).with_file_name("wasm-micro-runtime") })
    }

    /// A file or folder of them.
    pub fn path(&self, of: &str) -> PathBuf {
        self.root.join(of)
    }

    /// The C files of a folder, but for those of these names.
    pub fn c_files(&self, folder: &str, left_out: &[&str]) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
        let is_part = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.ends_with(".c") && !left_out.contains(&name)
        };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_part).collect();
        files.sort();
        files
    }

    /// Whatever is built of them, without files yet.
    pub fn build(&self) -> cc::Build {
        let mut build = cc::Build::new();
        build.includes(INCLUDES.map(|folder| self.path(folder)));
        for (name, value) in DEFINITIONS {
            build.define(name, value);
        }
        build.define(Processor::of_target().name, None);
        // It is someone else's: its warnings are not for who builds this.
        build.warnings(false).extra_warnings(false).flag("-w");
        build.flag("-ffunction-sections").flag("-fdata-sections");
        build
    }

    /// The runtime, without an interpreter yet.
    pub fn runtime(&self) -> cc::Build {
        let Processor { calls, relocations, .. } = Processor::of_target();
        let mut build = self.build();
        for folder in FOLDERS {
            build.files(self.c_files(folder, &LEFT_OUT));
        }
        build.files(FILES.map(|file| self.path(file)));
        build.file(self.path("core/iwasm/common/arch").join(calls));
        build.file(self.path("core/iwasm/aot/arch").join(relocations));
        build.std("gnu99");
        build
    }
}

struct Processor {
    /// What WAMR calls it.
    name: &'static str,
    /// The file with which functions of the host are called there.
    calls: &'static str,
    /// The file that puts addresses into machine code.
    relocations: &'static str,
}

impl Processor {
    fn of_target() -> Self {
        let (name, calls, relocations) = match env::var("CARGO_CFG_TARGET_ARCH").as_deref() {
            Ok("aarch64") => ("BUILD_TARGET_AARCH64", "invokeNative_aarch64.s", "aot_reloc_aarch64.c"),
            Ok("riscv64") => ("BUILD_TARGET_RISCV64_LP64D", "invokeNative_riscv.S", "aot_reloc_riscv.c"),
            _ => ("BUILD_TARGET_X86_64", "invokeNative_em64.s", "aot_reloc_x86_64.c"),
        };
        Self { name, calls, relocations }
    }
}
