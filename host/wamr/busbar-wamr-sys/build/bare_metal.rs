//! WAMR for a Cortex-M without an operating system: code that was compiled ahead of time and runs where it is, on the platform of the
//! folder platform.

use super::wamr::Wamr;
use std::env;
use std::path::Path;

const FOLDERS: [&str; 4] =
    ["core/iwasm/common", "core/shared/mem-alloc", "core/shared/mem-alloc/ems", "core/shared/utils"];

const FILES: [&str; 5] = [
    "core/iwasm/aot/aot_intrinsic.c",
    "core/iwasm/aot/aot_loader.c",
    "core/iwasm/aot/aot_runtime.c",
    "core/iwasm/aot/arch/aot_reloc_thumb.c",
    "core/iwasm/common/arch/invokeNative_thumb.s",
];

/// Files of those folders that are for threads, and for a main function.
const LEFT_OUT: [&str; 3] = ["wasm_application.c", "bh_queue.c", "runtime_timer.c"];

const PLATFORM: [&str; 2] = ["platform.c", "cortex_m.c"];

const INCLUDES: [&str; 9] = [
    "core",
    "core/iwasm/include",
    "core/iwasm/common",
    "core/iwasm/aot",
    "core/iwasm/interpreter",
    "core/shared/mem-alloc",
    "core/shared/platform/include",
    "core/shared/utils",
    "core/shared/mem-alloc/ems",
];

const DEFINITIONS: [(&str, &str); 15] = [
    ("BUILD_TARGET_THUMB", "1"),
    ("BUILD_TARGET", "\"thumbv7em\""),
    ("BH_MALLOC", "wasm_runtime_malloc"),
    ("BH_FREE", "wasm_runtime_free"),
    ("WASM_ENABLE_INTERP", "0"),
    ("WASM_ENABLE_AOT", "1"),
    ("WASM_ENABLE_AOT_INTRINSICS", "1"),
    ("WASM_ENABLE_QUICK_AOT_ENTRY", "0"),
    ("WASM_ENABLE_BULK_MEMORY", "1"),
    ("WASM_ENABLE_BULK_MEMORY_OPT", "1"),
    ("WASM_DISABLE_HW_BOUND_CHECK", "1"),
    ("WASM_DISABLE_STACK_HW_BOUND_CHECK", "1"),
    ("WASM_DISABLE_WAKEUP_BLOCKING_OP", "1"),
    // A guest may call the host with so much stack left, in bytes: that is what the host has then.
    ("WASM_STACK_GUARD_SIZE", "6144"),
    ("NDEBUG", "1"),
];

/// Builds it.
pub fn build(wamr: &Wamr) {
    let here = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("platform");
    println!("cargo::rerun-if-changed={}", here.display());
    let mut build = cc::Build::new();
    for folder in FOLDERS {
        build.files(wamr.c_files(folder, &LEFT_OUT));
    }
    build.files(FILES.map(|file| wamr.path(file)));
    build.files(PLATFORM.map(|file| here.join(file)));
    build.include(&here).includes(INCLUDES.map(|folder| wamr.path(folder)));
    for (name, value) in DEFINITIONS {
        build.define(name, value);
    }
    build.opt_level_str("s").std("gnu99").warnings(false).extra_warnings(false).flag("-w");
    build.flag("-ffunction-sections").flag("-fdata-sections");
    build.compile("iwasm");
}
