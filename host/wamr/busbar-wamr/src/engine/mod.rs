//! WAMR, made safe: what a module may import is checked before it is loaded, memory is only looked at within its bounds and while
//! the guest does not run, and what ends a guest is said in the words of the other hosts. All unsafe code of this host is here.

#[cfg(feature = "std")]
mod code;
mod exception;
mod function;
mod guest;
mod imports;
mod instance;
#[cfg(feature = "std")]
mod interpreter_stack;
#[cfg(not(feature = "std"))]
mod interrupt;
mod limits;
#[cfg(feature = "std")]
mod memory_image;
mod module;
#[cfg(not(feature = "std"))]
mod pool;
mod runtime;

#[cfg(feature = "std")]
pub use code::{MachineCode, code_key, code_of, code_of_user};
pub use function::Function;
pub use guest::Guest;
pub use instance::{Ender, Host, Instance};
#[cfg(not(feature = "std"))]
pub use interrupt::end_interrupted;
pub use limits::Limits;
#[cfg(feature = "std")]
pub use module::Code;
pub use module::Module;
#[cfg(not(feature = "std"))]
pub use pool::{PoolAllocator, PoolUse, pool_use, start_in};
