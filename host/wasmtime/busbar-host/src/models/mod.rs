//! Device models that are components: the simulator's own, built from TypeScript, in the world `busbar:model/i2c-models`.

mod bindings;
mod component;
mod installed;

pub use busbar_core::models::{MODELS_PACKAGE, ModelSource, ModelTarget, NoModels};
pub use component::ComponentModels;
pub use installed::BoardModels;
