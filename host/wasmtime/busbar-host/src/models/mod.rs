//! Device models that are components: the simulator's own, built from TypeScript, in the world `busbar:model/models`.

mod bindings;
mod component;
mod gpio;
mod installed;
mod spi;
mod uart;

pub use busbar_core::models::{
    GpioModelPart, MODELS_PACKAGE, ModelSource, ModelTarget, NoModels, SpiModelTarget, UartForm, UartModelPart,
};
pub(crate) use busbar_core::models::{LONGEST_ANSWER, TARGET_MEMORY_MIB};
pub use component::ComponentModels;
pub use installed::BoardModels;
