use super::bindings::busbar::board::timer;
use crate::instance::DriverState;
use std::time::Duration;
use wasmtime::component::{Access, FutureReader, HasSelf};
use wasmtime::{Error, Result};

impl timer::Host for DriverState {}

impl timer::HostWithStore<DriverState> for HasSelf<DriverState> {
    /// Each is a handle of the guest's, and counts to those until it is dropped.
    fn after_ms(mut host: Access<'_, DriverState, Self>, milliseconds: u32) -> Result<FutureReader<f64>> {
        let clock = host.get().clock;
        // From now on, whenever the guest asks whether it is over.
        let waiting = tokio::time::sleep(Duration::from_millis(milliseconds.into()));
        FutureReader::new(host, async move {
            waiting.await;
            Ok::<_, Error>(clock.now_ms())
        })
    }
}
