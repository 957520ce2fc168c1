use super::declared_type::DeclaredType;
use crate::abi::Value;
use crate::components::Driver;
use crate::instance::{DriverInstance, Guest};
use busbar_core::bus::i2c::I2cGrant;
use busbar_core::callable::{Argument, CallableFunction, CallsFunctions, Planned, answer, plan};
use busbar_core::device::{DeviceError, DeviceErrorCode};
use busbar_core::failure::CallFailure;
use std::sync::Arc;

/// A handle of the wired bus, or of wasi:i2c's delay: `borrow<i2c>` lends it for the call, `i2c` gives it away.
pub const WIRED: Value = Value::Resource(0);

/// One life of a component of somebody else's, which knows nothing of busbar: its functions take their handles as parameters, as
/// the drivers do that were published with wasi:i2c. What it is given is held to its entry of the board, as all drivers are.
pub struct CallableComponent {
    name: String,
    functions: Vec<CallableFunction>,
    /// What its functions' types are read off.
    driver: Driver,
    /// What it is wired to.
    grant: Option<I2cGrant>,
    instance: Arc<DriverInstance>,
}

impl CallableComponent {
    /// The component of a running instance of a driver, whose functions are these. `grant` is what it is wired to.
    pub fn new(
        name: &str,
        functions: Vec<CallableFunction>,
        driver: Driver,
        grant: Option<I2cGrant>,
        instance: Arc<DriverInstance>,
    ) -> Self {
        Self { name: name.to_owned(), functions, driver, grant, instance }
    }

    /// Calls a function with values of its types, after all calls before, by its interface, which is empty for a function of the
    /// world itself, and its name there. It gives what the function does, its error among it.
    ///
    /// # Errors
    ///
    /// `unsupported` where it exports no such function; what [`DriverInstance::call`] answers.
    pub async fn call_with(
        &self,
        interface: &str,
        function: &str,
        parameters: Vec<Value>,
    ) -> Result<Option<Value>, DeviceError> {
        let (device, interface, function) = (self.name.clone(), interface.to_owned(), function.to_owned());
        let call = move |Guest { component, .. }: &mut Guest| match component.export(&interface, &function) {
            Ok(export) => component.call(&export, &parameters).map(Ok),
            Err(what) => Ok(Err(DeviceError::new(&device, DeviceErrorCode::Unsupported, format!("it {what}")))),
        };
        self.instance.call(call).await
    }
}

impl CallsFunctions for CallableComponent {
    fn functions(&self) -> &[CallableFunction] {
        &self.functions
    }

    async fn call(
        &self,
        function: &CallableFunction,
        arguments: &[Argument],
    ) -> Result<Option<serde_json::Value>, CallFailure> {
        let interface = &self.driver.linked().flattened().interface;
        let of = |declared| DeclaredType { interface, declared };
        let CallableFunction { interface: exported, function: name } = function;
        let exported = exported.as_deref().unwrap_or_default();
        let Some(declared) = interface.exported(exported, name) else {
            let message = format!("the component has no function {}", function.name());
            return Err(DeviceError::new(&self.name, DeviceErrorCode::InvalidArgument, message).into());
        };
        let types: Vec<_> = declared.parameters.iter().map(|(_, declared)| of(*declared)).collect();
        let planned = plan(&self.name, self.grant.as_ref(), &types, arguments)?;
        let value = |planned| match planned {
            Planned::Value(value) => value,
            Planned::I2c { .. } | Planned::Delay { .. } => WIRED,
        };
        let given = self.call_with(exported, name, planned.into_iter().map(value).collect()).await?;
        answer(&self.name, given.as_ref().zip(declared.result.map(of).as_ref()))
    }
}
