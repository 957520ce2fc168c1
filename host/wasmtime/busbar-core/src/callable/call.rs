use super::json::{handle_expected, json_of, value_of, wrong_type};
use super::typed::{HandleKind, Parts, Shape, Typed};
use crate::bus::i2c::{GRANT_LINE, I2cGrant};
use crate::device::{DeviceError, DeviceErrorCode};
use crate::error::HostError;
use crate::failure::{CallFailure, ReturnedError};
use serde_json::Value;

/// What a function is called with.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// A value, in the form that the bindings for JavaScript have it: a record is an object with its fields in camelCase, a
    /// variant `{ "tag", "val" }`, an option the value or null, a list an array.
    Json(Value),
    /// A handle of the wired bus: `borrow<i2c>` lends it for the call, `i2c` gives it away.
    I2c,
    /// A handle of wasi:i2c's delay; its waits count as the call's time.
    Delay,
    /// The address of the wired target.
    Address,
}

/// What becomes of an argument. Everything is looked at before a handle is made, so that none is left over.
pub enum Planned<V> {
    Value(V),
    I2c { is_lent: bool },
    Delay { is_lent: bool },
}

/// The arguments of a call as a function takes them. `component` is the component's name in the board file, `grant` what it is wired
/// to, and `parameters` are the function's types.
///
/// # Errors
///
/// `invalid-argument` for arguments that it does not take; code "board" for a handle of what its entry does not have.
pub fn plan<T: Typed>(
    component: &str,
    grant: Option<&I2cGrant>,
    parameters: &[T],
    arguments: &[Argument],
) -> Result<Vec<Planned<T::Value>>, CallFailure> {
    let invalid = |message| CallFailure::from(DeviceError::new(component, DeviceErrorCode::InvalidArgument, message));
    let count = parameters.len();
    if arguments.len() != count {
        return Err(invalid(format!("{count} parameters are expected, and not {}", arguments.len())));
    }
    let address = grant.and_then(|grant| grant.addresses.first());
    let plan = |(ty, argument): (&T, &Argument)| match argument {
        Argument::Json(json) => value_of(json, ty).map(Planned::Value).map_err(invalid),
        Argument::Address => {
            let address = address.ok_or_else(|| not_wired(component))?;
            value_of(&Value::from(*address), ty).map(Planned::Value).map_err(invalid)
        }
        Argument::I2c if grant.is_none() => Err(not_wired(component)),
        Argument::I2c | Argument::Delay => match ty.shape() {
            Shape::Handle { kind: HandleKind::I2c, is_lent } if *argument == Argument::I2c => {
                Ok(Planned::I2c { is_lent })
            }
            Shape::Handle { kind: HandleKind::Delay, is_lent } if *argument == Argument::Delay => {
                Ok(Planned::Delay { is_lent })
            }
            shape @ Shape::Handle { .. } => Err(invalid(handle_expected(&shape))),
            shape => Err(invalid(wrong_type(&shape, "object"))),
        },
    };
    parameters.iter().zip(arguments).map(plan).collect()
}

/// What a function gave: its own `result` is its value or its error, every other value is one. None where it has none.
///
/// # Errors
///
/// The error that it returned.
pub fn answer<T: Typed>(component: &str, given: Option<(&T::Value, &T)>) -> Result<Option<Value>, CallFailure> {
    let Some((value, ty)) = given else { return Ok(None) };
    let json = |payload: Option<&T::Value>, ty: Option<T>| Some(json_of(payload?, &ty?));
    match (ty.parts(value), ty.shape()) {
        (Some(Parts::Case(0, payload)), Shape::Result { ok, .. }) => Ok(json(payload, ok)),
        (Some(Parts::Case(_, payload)), Shape::Result { error, .. }) => {
            let error = ReturnedError { device: component.to_owned(), payload: json(payload, error) };
            Err(CallFailure::Returned(error))
        }
        _ => Ok(Some(json_of(value, ty))),
    }
}

fn not_wired(component: &str) -> CallFailure {
    HostError::board(format!("\"{component}\" is wired to no I2C target; add {GRANT_LINE} to \"devices.{component}\"."))
        .into()
}
