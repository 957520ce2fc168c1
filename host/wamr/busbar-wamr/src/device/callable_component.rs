use crate::abi::Value;
use crate::instance::{DriverInstance, Guest};
use busbar_core::device::{DeviceError, DeviceErrorCode};
use std::sync::Arc;

/// A handle of the wired bus, or of wasi:i2c's delay: `borrow<i2c>` lends it for the call, `i2c` gives it away.
pub const WIRED: Value = Value::Resource(0);

/// One life of a component of somebody else's, which knows nothing of busbar: its functions take their handles as parameters, as
/// the drivers do that were published with wasi:i2c. What it is given is held to its entry of the board, as all drivers are.
pub struct CallableComponent {
    name: String,
    instance: Arc<DriverInstance>,
}

impl CallableComponent {
    /// The component of a running instance.
    pub fn new(name: &str, instance: Arc<DriverInstance>) -> Self {
        Self { name: name.to_owned(), instance }
    }

    /// Calls a function, after all calls before, by its interface, which is empty for a function of the world itself, and its name
    /// there. It gives what the function does, its error among it.
    ///
    /// # Errors
    ///
    /// `unsupported` where it exports no such function; what [`DriverInstance::call`] answers.
    pub async fn call(
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
