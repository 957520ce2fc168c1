//! What holds whatever is asked: no judge panics, and nothing that is refused is allowed because it asks for more or
//! because less is granted. The seeds are fixed, so that a failure comes again.

mod folder;
mod i2c;
mod limits;
mod malformed;
mod usb;
mod versions;
