//! Device models that are components: the simulator's own, built from TypeScript, in the world `busbar:model/models`, and
//! flattened as drivers are.

mod component;
mod gpio;
mod installed;

pub use component::ComponentModels;
pub use installed::BoardModels;
