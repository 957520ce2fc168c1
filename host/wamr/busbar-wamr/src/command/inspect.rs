use busbar_command::component_file::{ComponentFile, HERE, specifier_of};
use busbar_command::exit::Failure;
use busbar_command::inspect::{Inspected, print_inspection};
use busbar_command::output::{Output, OutputOptions};
use busbar_core::cache::CheckedFiles;
use busbar_core::components::{require_component, resolve_component};
use busbar_core::error::HostError;
use busbar_wamr::components::{FlattenedSummary, beside, name_of_component, summarize_flattened};
use std::path::Path;

/// `busbar-wamr inspect`: what a component is and needs, by what its flattened form says of it, without running anything of it.
pub fn inspect(name: &str, options: OutputOptions) -> Result<u8, Failure> {
    let output = Output::new(options);
    let Found { file, is_flattened } = find(name)?;
    if !is_flattened {
        require_component(&file.bytes, &file.specifier)?;
    }
    let FlattenedSummary { summary, problem, component_digest } =
        summarize_flattened(&file.specifier, Path::new(HERE), &CheckedFiles::of_user())?;
    // A compressor is a hundredth of this command's size, and a small device has no use for what it would say.
    let inspected = Inspected { summary, problem, made_of: is_flattened.then_some(component_digest), gzip_bytes: None };
    print_inspection(&file, &inspected, &output);
    Ok(output.exit_code(0))
}

/// What a person named.
struct Found {
    file: ComponentFile,
    /// Whether it is a flattened form, and no component.
    is_flattened: bool,
}

/// A person may name a flattened form, and a small device may have nothing else.
fn find(name: &str) -> Result<Found, HostError> {
    let named = name_of_component(name).filter(|_| Path::new(name).exists());
    let specifier = specifier_of(named.as_deref().unwrap_or(name))?;
    let component = resolve_component(&specifier, Path::new(HERE))?;
    let flattened = beside(&component);
    let is_flattened = named.is_some() || (!component.exists() && flattened.exists());
    let file = ComponentFile::at(if is_flattened { flattened } else { component }, specifier)?;
    Ok(Found { file, is_flattened })
}
