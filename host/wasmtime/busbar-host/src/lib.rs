//! Runs Busbar's driver components on Wasmtime: the same board files, grants, errors and audit as the host for Node.

pub mod board;
pub mod error;
pub mod grants;
pub mod i2c;
pub mod locks;
pub mod simulate;
