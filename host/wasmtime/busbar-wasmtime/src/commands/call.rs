use super::BoardOptions;
use crate::output::Output;
use crate::session::Session;
use busbar_command::call::{call_or_list, named_component};
use busbar_command::exit::Failure;
use std::sync::Arc;

/// `busbar-wasmtime call`: calls a function of a component of others, or lists them. `operands` are the component's name, the
/// function's, and its arguments.
pub async fn call(options: &BoardOptions, operands: &[String]) -> Result<u8, Failure> {
    let (name, rest) = named_component(operands)?;
    let output = Arc::new(Output::new(options.output));
    let session = Session::start(options, &output)?;
    let component = session.board.component(name).await?;
    let done = call_or_list(&component, rest, &output).await;
    session.board.close().await;
    done.map(|()| output.exit_code(0))
}
