use super::{call_or_list, first, functions_named};
use crate::exit::Failure;
use crate::output::Output;
use crate::stop::Stop;
use busbar_core::callable::{Argument, CallableFunction, CallsFunctions};
use busbar_core::device::{OpenedSwitch, required_duration};
use busbar_core::failure::{BoardFailure, CallFailure};
use serde_json::Value;

/// What a person can call of a switch. Closing it switches it off, so that there is no command that only switches it on.
struct SwitchCommands<'a, S> {
    switch: &'a S,
    stop: &'a Stop,
    functions: Vec<CallableFunction>,
}

impl<S: OpenedSwitch> CallsFunctions for SwitchCommands<'_, S> {
    fn functions(&self) -> &[CallableFunction] {
        &self.functions
    }

    fn takes_handles(&self) -> bool {
        false
    }

    /// Switches it on, and off again after so many milliseconds or at the end.
    async fn call(&self, _on: &CallableFunction, arguments: &[Argument]) -> Result<Option<Value>, CallFailure> {
        let time = required_duration(self.switch.name(), "time", first(arguments))?;
        self.switch.set(true).await?;
        // It ends in either way, and well.
        match time {
            Some(time) => self.stop.sleep(time).await,
            None => self.stop.stopped().await,
        }
        self.switch.set(false).await?;
        Ok(None)
    }
}

/// Calls a function of a switch, or lists them, and closes it.
///
/// # Errors
///
/// As [`call_or_list`], and what the driver answers.
pub async fn call_switch<S: OpenedSwitch>(
    switch: S,
    stop: &Stop,
    operands: &[String],
    output: &Output,
) -> Result<(), Failure> {
    let commands = SwitchCommands { switch: &switch, stop, functions: functions_named(&["on"]) };
    let done = call_or_list(&commands, operands, output).await;
    let closed = switch.close().await;
    done.and_then(|()| closed.map_err(|error| Failure::Board(BoardFailure::Device(error))))
}
