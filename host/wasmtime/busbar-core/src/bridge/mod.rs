//! Bridges: drivers that export a bus, to which other entries of a board are wired by the bridge's name.

mod order;
mod place;
mod supply;

pub use order::{behind_bridges, bridges_of, depth_of};
pub use place::BridgedPlace;
pub(crate) use supply::Had;
pub use supply::{Supplies, Supply};
