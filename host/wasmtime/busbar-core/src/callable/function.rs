use crate::error::HostError;
use crate::text::{pascal_case, quoted};

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

/// Why a component with a resource of its own is not called: that lives longer than a call.
pub fn exported_resource(device: &str, resource: &str) -> HostError {
    HostError::component(format!(
        "{device}: the component exports the resource {}, which can only be used by a component that imports it; from \
         here, functions are called.",
        quoted(&pascal_case(resource))
    ))
}
