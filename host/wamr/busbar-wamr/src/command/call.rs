use super::session::{BoardOptions, Session};
use busbar_command::call::{call_or_list, named_component};
use busbar_command::exit::Failure;
use busbar_command::output::Output;
use busbar_core::app::RunsApps;
use std::sync::Arc;

/// `busbar-wamr call`: calls a function of a component of others, or lists them. `operands` are the component's name, the
/// function's, and its arguments.
pub async fn call(options: &BoardOptions, operands: &[String]) -> Result<u8, Failure> {
    let (name, rest) = named_component(operands)?;
    let output = Arc::new(Output::new(options.output));
    let session = Session::open(options, &output)?;
    let component = session.board.component(name).await?;
    let done = call_or_list(&component, rest, &output).await;
    session.close().await;
    done.map(|()| output.exit_code(0))
}
