use super::{call_or_list, first, functions_named};
use crate::exit::Failure;
use crate::output::Output;
use crate::stop::Stop;
use busbar_core::callable::{Argument, CallableFunction, CallsFunctions};
use busbar_core::device::{ContactChange, ContactChanges, OpenedContact, required_duration};
use busbar_core::failure::{BoardFailure, CallFailure};
use serde_json::{Value, json};

const IS_CLOSED: &str = "is-closed";
const NEXT_CHANGES: &str = "next-changes";

/// What a person can call of a contact.
struct ContactCommands<'a, C> {
    contact: &'a C,
    stop: &'a Stop,
    functions: Vec<CallableFunction>,
}

impl<C: OpenedContact> CallsFunctions for ContactCommands<'_, C> {
    fn functions(&self) -> &[CallableFunction] {
        &self.functions
    }

    fn takes_handles(&self) -> bool {
        false
    }

    async fn call(&self, function: &CallableFunction, arguments: &[Argument]) -> Result<Option<Value>, CallFailure> {
        if function.function == IS_CLOSED {
            return Ok(Some(self.contact.is_closed().await?.into()));
        }
        let timeout = required_duration(self.contact.name(), "timeout", first(arguments))?;
        tokio::select! {
            changes = self.contact.next_changes(timeout) => Ok(Some(changes_json(&changes?))),
            () = self.stop.stopped() => Ok(None),
        }
    }
}

fn changes_json(ContactChanges { changes, lost }: &ContactChanges) -> Value {
    let change = |ContactChange { closed, time_ms }: &ContactChange| json!({ "closed": closed, "timeMs": time_ms });
    json!({ "changes": changes.iter().map(change).collect::<Vec<_>>(), "lost": lost })
}

/// Calls a function of a contact, or lists them, and closes it.
///
/// # Errors
///
/// As [`call_or_list`], and what the driver answers.
pub async fn call_contact<C: OpenedContact>(
    contact: C,
    stop: &Stop,
    operands: &[String],
    output: &Output,
) -> Result<(), Failure> {
    let functions = functions_named(&[IS_CLOSED, NEXT_CHANGES]);
    let done = call_or_list(&ContactCommands { contact: &contact, stop, functions }, operands, output).await;
    let closed = contact.close().await;
    done.and_then(|()| closed.map_err(|error| Failure::Board(BoardFailure::Device(error))))
}
