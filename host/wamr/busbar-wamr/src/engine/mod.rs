//! WAMR, made safe: what a module may import is checked before it is loaded, memory is only looked at within its bounds and while
//! the guest does not run, and what ends a guest is said in the words of the other hosts. All unsafe code of this host is here.

mod code;
mod exception;
mod function;
mod guest;
mod imports;
mod instance;
mod module;
mod runtime;

pub use code::{MachineCode, code_key, code_of_user};
pub use function::Function;
pub use guest::Guest;
pub use instance::{Ender, Host, Instance};
pub use module::{Code, Module};
