use super::session::BoardOptions;
use busbar_command::board::cache_problems_told_on;
use busbar_command::compiling::{CompilerBeside, Limits, components_of, models_of};
use busbar_command::exit::Failure;
use busbar_command::output::Output;
use busbar_core::error::HostError;
use busbar_core::text::printable;
use busbar_wamr::board::{folder_of_board, read_board};
use busbar_wamr::components::compile_flattened;
use busbar_wamr::engine::code_of_user;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

/// The most UTF-16 code units of the name of a component, as it is printed.
const LONGEST_NAME: usize = 2_000;

/// What makes machine code.
pub const COMPILER: CompilerBeside = CompilerBeside {
    program: "busbar-wamr-compile",
    elsewhere: "it takes a machine with more memory; without machine code, drivers are interpreted",
};

/// `busbar-wamr compile`: makes machine code of all components of a board, and keeps it for this user's other commands.
pub fn compile(options: &BoardOptions, limits: Limits) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    let file = Path::new(&options.path);
    let board = read_board(file)?;
    let kept = code_of_user(cache_problems_told_on(output.clone()));
    for name in components_of(&board).into_iter().chain(models_of(&board)) {
        let specifier = name.specifier.as_str();
        let made = |module: &[u8]| {
            let label = format!("--label={specifier}");
            let parameters = limits.to_arguments().into_iter().chain([label]);
            COMPILER.compile(specifier, parameters, module)?.ok_or_else(not_installed)
        };
        compile_flattened(&name, folder_of_board(file), &kept, made)?;
        if output.json() {
            output.record(&json!({ "type": "compiled", "component": specifier }));
        } else {
            output.block(&printable(specifier, LONGEST_NAME));
        }
    }
    Ok(output.exit_code(0))
}

fn not_installed() -> HostError {
    HostError::backend(
        "busbar-wamr-compile is not installed, which makes machine code; install it beside busbar-wamr, or go on without: drivers are \
         interpreted."
            .to_owned(),
    )
}
