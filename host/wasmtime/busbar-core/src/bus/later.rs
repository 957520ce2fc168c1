use alloc::boxed::Box;
use core::future::{Future, ready};
use core::pin::Pin;

/// What comes later: of a bus behind a bridge, whose driver answers.
pub type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What is there already.
pub(crate) fn at_once<T: Send + 'static>(answer: T) -> Later<T> {
    Box::pin(ready(answer))
}
