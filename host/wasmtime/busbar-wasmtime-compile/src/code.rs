//! Machine code of one component, and why there is none.

use busbar_host::engine::{Addresses, config};
use busbar_host::error::HostError;
use wasmparser::{Parser, Payload, TypeRef};
use wasmtime::Engine;

/// The most functions of a component: an engine for JavaScript has twelve thousand.
const MOST_FUNCTIONS: u64 = 200_000;
/// The most modules and components in a component; one composed of ten drivers has some hundred.
const MOST_PARTS: u64 = 2_000;

/// An engine that makes code for another machine: a triple such as "aarch64-unknown-linux-gnu".
///
/// # Errors
///
/// When this compiler makes none for it.
pub fn engine_for(target: &str, addresses: Addresses) -> Result<Engine, HostError> {
    let mut config = config(addresses);
    let engine = config.target(target).and_then(|config| Engine::new(config));
    engine.map_err(|cause| {
        let advice = "use a busbar-wasmtime-compile that was built with \"--features all-targets\"";
        HostError::backend(format!("this compiler makes no code for {target} ({}); {advice}.", cause.root_cause()))
    })
}

/// Makes the code of a component.
///
/// # Errors
///
/// When it is no component that this host can run.
pub fn compile(engine: &Engine, label: &str, component: &[u8]) -> Result<Vec<u8>, HostError> {
    require_measure(label, component)?;
    engine.precompile_component(component).map_err(|cause| not_compiled(label, &cause))
}

/// Whether it is small enough to be compiled. What cannot be read is left to who compiles it.
fn require_measure(label: &str, component: &[u8]) -> Result<(), HostError> {
    let (mut functions, mut parts) = (0_u64, 0_u64);
    // Of each module and component that the reader is in.
    let mut memories = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload {
            Ok(Payload::Version { .. }) => memories.push(0_u64),
            Ok(Payload::End(_)) => drop(memories.pop()),
            Ok(Payload::ImportSection(imports)) => {
                let imported =
                    imports.into_imports().flatten().filter(|import| matches!(import.ty, TypeRef::Memory(_)));
                require_one_memory(label, &mut memories, imported.count() as u64)?;
            }
            Ok(Payload::MemorySection(section)) => {
                require_one_memory(label, &mut memories, section.count().into())?;
            }
            Ok(Payload::CodeSectionStart { count, .. }) => functions += u64::from(count),
            Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => parts += 1,
            Ok(_) => {}
            Err(_) => break,
        }
    }
    let too_many = |count, what, most| {
        HostError::component(format!(
            "{label} cannot be linked: it has {count} {what}, more than {most}; use another build of it."
        ))
    };
    if functions > MOST_FUNCTIONS {
        return Err(too_many(functions, "functions", MOST_FUNCTIONS));
    }
    if parts > MOST_PARTS {
        return Err(too_many(parts, "modules and components", MOST_PARTS));
    }
    Ok(())
}

/// Counts memories of the module that is read.
fn require_one_memory(label: &str, memories: &mut [u64], more: u64) -> Result<(), HostError> {
    let Some(count) = memories.last_mut() else { return Ok(()) };
    *count += more;
    if *count <= 1 {
        return Ok(());
    }
    Err(HostError::component(format!(
        "{label} does not start: it has a second memory, which this host refuses; use another build of it."
    )))
}

/// What no driver needs, by a part of the sentence with which Wasmtime's validator refuses it.
const REFUSED: [(&str, &str); 6] = [
    ("memory64", "a 64-bit memory"),
    ("threads", "a shared memory"),
    ("shared", "a shared memory"),
    ("function references", "typed references"),
    ("exceptions", "exceptions"),
    ("gc ", "garbage-collected objects"),
];

/// What needs the asynchronous ABI, which this compiler's code does not have, as the host for Node says it.
const UNSUPPORTED: [(&str, &str); 3] = [
    ("`future` requires the component model async", "a future"),
    ("`stream` requires the component model async", "a stream"),
    ("async component functions require the component model async", "an asynchronous function type"),
];

fn not_compiled(label: &str, cause: &wasmtime::Error) -> HostError {
    let said = cause.root_cause().to_string();
    if let Some((_, what)) = UNSUPPORTED.iter().find(|(part, _)| said.contains(part)) {
        return HostError::component(format!(
            "{label} cannot be linked: {what} is not supported; use another build of it."
        ));
    }
    if let Some((_, what)) = REFUSED.iter().find(|(part, _)| said.contains(part)) {
        return HostError::component(format!(
            "{label} does not start: it has {what}, which this host refuses; use another build of it."
        ));
    }
    // Where in the file it is helps nobody but its author, who has better tools.
    let said = said.split(" (at offset").next().unwrap_or(&said).trim_end_matches('.');
    HostError::component(format!("{label} cannot be linked: {said}; use another build of it."))
}

#[cfg(test)]
mod tests;
