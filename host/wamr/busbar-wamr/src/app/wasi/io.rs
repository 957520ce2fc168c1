//! wasi:io.

use super::filesystem::error_name;
use crate::abi::{IntoValue, Value, take};
use crate::app::context::AppState;
use crate::component::{Answered, HostFunction, Parameters};
use crate::interfaces::poll_functions;
use crate::trap::Trap;
use busbar_core::app::{InputStream, NOT_PERMITTED, OutputStream, Pollable, Readiness, StreamError};
use busbar_core::folder::FolderError;
use std::any::Any;
use std::sync::Arc;

const ERROR: &str = "wasi:io/error";
const STREAMS: &str = "wasi:io/streams";

/// wasi:io/error `error`: why, in the words of wasi:filesystem.
#[derive(Debug, Clone, Copy)]
pub struct IoFailure(pub FolderError);

/// The functions of these interfaces.
pub fn functions() -> Vec<HostFunction<AppState>> {
    let mut functions = vec![
        HostFunction::new(ERROR, "[method]error.to-debug-string", to_debug_string),
        HostFunction::new(ERROR, "[resource-drop]error", drop_resource::<IoFailure>),
        HostFunction::new(STREAMS, "[resource-drop]input-stream", drop_resource::<InputStream>),
        HostFunction::new(STREAMS, "[resource-drop]output-stream", drop_resource::<OutputStream>),
    ];
    functions.extend(poll_functions(|state: &AppState| state.clock));
    functions.extend(input_functions());
    functions.extend(output_functions());
    functions
}

fn input_functions() -> [HostFunction<AppState>; 5] {
    [
        stream("[method]input-stream.read", |state, stream: InputStream, parameters| {
            let read = stream.read(take(parameters)?);
            answer(state, read)
        }),
        stream("[method]input-stream.blocking-read", |state, stream: InputStream, parameters| {
            let length = take(parameters)?;
            let read = state.pace.wait(stream.blocking_read(length))?;
            answer(state, read)
        }),
        stream("[method]input-stream.skip", |state, stream: InputStream, parameters| {
            let read = stream.read(take(parameters)?);
            answer(state, read.map(|bytes| bytes.len() as u64))
        }),
        stream("[method]input-stream.blocking-skip", |state, stream: InputStream, parameters| {
            let length = take(parameters)?;
            let read = state.pace.wait(stream.blocking_read(length))?;
            answer(state, read.map(|bytes| bytes.len() as u64))
        }),
        stream("[method]input-stream.subscribe", |state, stream: InputStream, _| {
            let inlet: Arc<dyn Readiness> = stream.0;
            Ok(Some(state.table.push(Pollable::Of(inlet))))
        }),
    ]
}

fn output_functions() -> [HostFunction<AppState>; 10] {
    [
        stream("[method]output-stream.check-write", |state, stream: OutputStream, _| {
            answer(state, Ok(stream.permitted()))
        }),
        stream("[method]output-stream.write", |state, stream: OutputStream, parameters| {
            let contents: Vec<u8> = take(parameters)?;
            done(state, stream.write(&contents))
        }),
        stream("[method]output-stream.blocking-write-and-flush", |state, stream: OutputStream, parameters| {
            let contents: Vec<u8> = take(parameters)?;
            let written = state.pace.wait(stream.blocking_write(&contents))?;
            done(state, written)
        }),
        stream("[method]output-stream.flush", |state, _: OutputStream, _| done(state, Ok(()))),
        stream("[method]output-stream.blocking-flush", |state, stream: OutputStream, _| {
            state.pace.wait(stream.room())?;
            done(state, Ok(()))
        }),
        stream("[method]output-stream.subscribe", |state, stream: OutputStream, _| {
            let outlet: Arc<dyn Readiness> = stream.0;
            Ok(Some(state.table.push(Pollable::Of(outlet))))
        }),
        stream("[method]output-stream.write-zeroes", |state, stream: OutputStream, parameters| {
            let written = stream.write_zeroes(take(parameters)?);
            done(state, written)
        }),
        stream("[method]output-stream.blocking-write-zeroes-and-flush", |state, stream: OutputStream, parameters| {
            let length = take(parameters)?;
            let written = state.pace.wait(stream.blocking_write_zeroes(length))?;
            done(state, written)
        }),
        stream("[method]output-stream.splice", |state, stream: OutputStream, parameters| {
            let source: InputStream = resource(state, parameters)?;
            let spliced = stream.splice(&source, take(parameters)?);
            answer(state, spliced)
        }),
        stream("[method]output-stream.blocking-splice", |state, stream: OutputStream, parameters| {
            let source: InputStream = resource(state, parameters)?;
            let length = take(parameters)?;
            let spliced = state.pace.wait(stream.blocking_splice(&source, length))?;
            answer(state, spliced)
        }),
    ]
}

/// A method of a stream.
fn stream<T: Clone + 'static>(
    name: &'static str,
    method: impl Fn(&mut AppState, T, &mut Parameters) -> Answered + Send + Sync + 'static,
) -> HostFunction<AppState> {
    HostFunction::new(STREAMS, name, move |state: &mut AppState, parameters: &mut Parameters| {
        let stream = resource(state, parameters)?;
        method(state, stream, parameters)
    })
}

fn to_debug_string(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let IoFailure(error) = resource(state, parameters)?;
    Ok(Some(error_name(error).to_owned().into_value()))
}

/// The resource that a function is called with next.
pub fn resource<T: Clone + 'static>(state: &AppState, parameters: &mut Parameters) -> Result<T, Trap> {
    state.table.get(take(parameters)?).cloned()
}

/// The handle of a resource is gone.
pub fn drop_resource<T: Any + Send>(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    state.table.remove::<T>(take(parameters)?)?;
    Ok(None)
}

fn done(state: &mut AppState, done: Result<(), StreamError>) -> Answered {
    given(state, done.map(|()| None))
}

fn answer<T: IntoValue>(state: &mut AppState, answer: Result<T, StreamError>) -> Answered {
    given(state, answer.map(|value| Some(value.into_value())))
}

fn given(state: &mut AppState, given: Result<Option<Value>, StreamError>) -> Answered {
    match given {
        Ok(value) => Ok(Some(Value::ok(value))),
        Err(StreamError::Failed(error)) => {
            let failure = state.table.push(IoFailure(error));
            Ok(Some(Value::error(Some(Value::Variant(0, Some(Box::new(failure)))))))
        }
        Err(StreamError::Closed) => Ok(Some(Value::error(Some(Value::case(1))))),
        Err(StreamError::NotPermitted) => Err(Trap::failed(NOT_PERMITTED)),
    }
}
