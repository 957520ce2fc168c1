//! Device models that are components: the simulator's own, built from TypeScript, in the world `busbar:model/models`.

mod bindings;
mod component;
mod gpio;
mod installed;
mod spi;

pub use busbar_core::models::{GpioModelPart, MODELS_PACKAGE, ModelSource, ModelTarget, NoModels, SpiModelTarget};
pub use component::ComponentModels;
pub use installed::BoardModels;
