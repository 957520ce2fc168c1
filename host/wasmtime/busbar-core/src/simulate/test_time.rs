//! The time of a test of simulated parts, which stands still until the test goes on.

use crate::clock::Clock;
use crate::models::{GpioModelPart, ModelSource, ModelTarget, NoModels, SpiModelTarget};
use std::cell::Cell;
use std::time::Duration;

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

pub(super) fn set_now(ms: f64) {
    NOW.set(Duration::from_secs_f64(ms / 1e3));
}

pub(super) fn virtual_clock() -> Clock {
    Clock::counting(|| NOW.get())
}

/// No models, in the time of this test.
pub(super) struct InThisTime;

impl ModelSource for InThisTime {
    fn create(&mut self, model: &str, parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        NoModels.create(model, parameters)
    }

    fn create_spi(&mut self, model: &str, parameters: &str) -> Result<Box<dyn SpiModelTarget>, String> {
        NoModels.create_spi(model, parameters)
    }

    fn create_gpio(&mut self, model: &str, lines: &[&str], parameters: &str) -> Result<Box<dyn GpioModelPart>, String> {
        NoModels.create_gpio(model, lines, parameters)
    }

    fn clock(&self) -> Clock {
        virtual_clock()
    }
}
