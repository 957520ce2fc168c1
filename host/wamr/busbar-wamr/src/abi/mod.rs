//! The canonical ABI of the component model, driven by the types that a flattened component describes: no code is written or
//! generated for an interface. CanonicalABI.md of the component model is what everything here follows; the names are its own.

mod convert;
mod flat;
mod handles;
mod layout;
mod lift;
mod lower;
mod memory;
mod value;

pub use convert::{Flags, FromValue, IntoValue, Representation, elements, fields, list, take};
pub use flat::FlatValues;
pub use handles::Handles;
pub use layout::{Direction, Flat, Layouts, Signature};
pub use lift::Lift;
pub use lower::Lower;
pub use memory::{Memory, checked};
pub use value::Value;
