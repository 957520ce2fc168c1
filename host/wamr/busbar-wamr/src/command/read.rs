use super::session::{BoardOptions, Session};
use busbar_command::exit::Failure;
use busbar_command::output::Output;
use busbar_command::read::read_sensors;
use busbar_core::app::RunsApps;
use std::rc::Rc;
use std::sync::Arc;

/// `busbar-wamr read`: one reading of every sensor, or of some.
pub async fn read(options: &BoardOptions, names: &[String]) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    let session = Rc::new(Session::open(options, &output)?);
    let sensors = session.choose_sensors(names)?;
    let code = read_sensors(&session, &sensors, |device| session.wiring_of(device), &output).await;
    session.close().await;
    Ok(output.exit_code(code))
}
