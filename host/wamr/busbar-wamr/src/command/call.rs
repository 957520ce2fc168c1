use super::session::{BoardOptions, Session};
use busbar_command::call::{call_contact, call_or_list, call_switch, named_component};
use busbar_command::exit::Failure;
use busbar_command::output::Output;
use busbar_command::stop::Stop;
use busbar_core::app::RunsApps;
use busbar_core::link::DeviceKind;
use std::rc::Rc;
use std::sync::Arc;

/// `busbar-wamr call`: calls a function of a switch, a contact or a component of others, or lists them. `operands` are its name, the
/// function's, and its arguments.
pub async fn call(options: &BoardOptions, operands: &[String]) -> Result<u8, Failure> {
    let (name, rest) = named_component(operands)?;
    let output = Arc::new(Output::new(options.output));
    let session = Rc::new(Session::open(options, &output)?);
    let done = call_device(&session, name, rest, &output).await;
    session.close().await;
    done.map(|()| output.exit_code(0))
}

async fn call_device(session: &Rc<Session>, name: &str, rest: &[String], output: &Output) -> Result<(), Failure> {
    let closing = {
        let session = session.clone();
        async move { session.close().await }
    };
    match session.board.devices().into_iter().find(|(each, _)| each == name) {
        Some((_, Ok(DeviceKind::Switch))) => {
            let stop = Stop::of(closing)?;
            call_switch(session.board.switch(name).await?, &stop, rest, output).await
        }
        Some((_, Ok(DeviceKind::Contact))) => {
            let stop = Stop::of(closing)?;
            call_contact(session.board.contact(name).await?, &stop, rest, output).await
        }
        _ => call_or_list(&session.board.component(name).await?, rest, output).await,
    }
}
