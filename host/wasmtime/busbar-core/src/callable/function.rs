use super::call::Argument;
use crate::error::HostError;
use crate::failure::CallFailure;
use crate::text::{pascal_case, quoted};
use serde_json::Value;

/// A function that a component exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallableFunction {
    /// The interface, as the component spells it; none for a function of the world itself.
    pub interface: Option<String>,
    /// Its name there.
    pub function: String,
}

impl CallableFunction {
    /// "thermometer/get-temperature"; without the interface for a function of the world.
    pub fn name(&self) -> String {
        let Self { interface, function } = self;
        match interface {
            None => function.clone(),
            Some(whole) => {
                let last = whole.rsplit('/').next().unwrap_or(whole);
                format!("{}/{function}", last.split('@').next().unwrap_or(last))
            }
        }
    }
}

/// A component whose functions are called.
pub trait CallsFunctions {
    /// Its functions, in the order of their names.
    fn functions(&self) -> &[CallableFunction];

    /// Whether handles of what the board wires can be given to them.
    fn takes_handles(&self) -> bool {
        true
    }

    /// Calls a function, after all calls before, and gives its value in the form of [`Argument::Json`]; none where it has none.
    ///
    /// # Errors
    ///
    /// The error that the function returned; `invalid-argument` for arguments that it does not take, after which the component
    /// goes on; code "board" for a handle of what its entry does not have; and what ends every call.
    fn call(
        &self,
        function: &CallableFunction,
        arguments: &[Argument],
    ) -> impl Future<Output = Result<Option<Value>, CallFailure>>;
}

/// Why a component with a resource of its own is not called: that lives longer than a call.
pub fn exported_resource(device: &str, resource: &str) -> HostError {
    HostError::component(format!(
        "{device}: the component exports the resource {}, which can only be used by a component that imports it; from \
         here, functions are called.",
        quoted(&pascal_case(resource))
    ))
}
