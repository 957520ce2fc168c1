//! Components of somebody else's, whose functions are called: what a person types for their parameters, and sees of their results.
//! Nothing here knows an engine.

mod call;
mod function;
mod json;
mod typed;

pub use call::{Argument, Planned, answer, plan};
pub use function::{CallableFunction, CallsFunctions, exported_resource};
pub use json::{json_of, value_of};
pub use typed::{HandleKind, Integer, Parts, Shape, Typed};
