//! wasi:i2c@0.2.0-draft as drivers, and apps that bring their own, get it: every transaction is judged against the grant of
//! the device whose handle it is.

use super::{Buses, DrivesBuses, HasBuses};
use crate::bindings::wasi::i2c::{delay, i2c};
use crate::bus::Later;
use crate::bus::i2c::{I2cError, I2cErrorCode, MAXIMUM_OPERATIONS, NoAcknowledge, Operation};
use crate::wait::sleep;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::component::{Linker, Resource};
use wasmtime::{Result, StoreContextMut};

/// wasi:i2c/i2c `i2c`: one controller, seen through one device's grant. The bus belongs to whoever drives the device.
pub struct I2cHandle {
    /// The device's name in the board file.
    pub device: Arc<str>,
}

/// wasi:i2c/delay `delay`.
pub struct DelayHandle;

type Answer<T> = Result<Result<T, i2c::ErrorCode>>;

impl i2c::Host for Buses<'_> {}

impl i2c::HostI2c for Buses<'_> {
    fn transaction(
        &mut self,
        bus: Resource<I2cHandle>,
        address: u16,
        operations: Vec<i2c::Operation>,
    ) -> Answer<Vec<Vec<u8>>> {
        self.i2c(&bus, address, &judged(operations))
    }

    fn read(&mut self, bus: Resource<I2cHandle>, address: u16, length: u64) -> Answer<Vec<u8>> {
        self.i2c_for_one(&bus, address, &[Operation::Read(size(length))])
    }

    fn write(&mut self, bus: Resource<I2cHandle>, address: u16, data: Vec<u8>) -> Answer<()> {
        Ok(self.i2c(&bus, address, &[Operation::Write(data)])?.map(drop))
    }

    fn write_read(
        &mut self,
        bus: Resource<I2cHandle>,
        address: u16,
        data: Vec<u8>,
        read_length: u64,
    ) -> Answer<Vec<u8>> {
        self.i2c_for_one(&bus, address, &[Operation::Write(data), Operation::Read(size(read_length))])
    }

    /// The guest dropped its handle. The bus goes with whoever drives the device.
    fn drop(&mut self, bus: Resource<I2cHandle>) -> Result<()> {
        self.0.table().delete(bus)?;
        Ok(())
    }
}

impl Buses<'_> {
    fn i2c_for_one(&mut self, bus: &Resource<I2cHandle>, address: u16, operations: &[Operation]) -> Answer<Vec<u8>> {
        let results = self.i2c(bus, address, operations)?;
        Ok(results.and_then(only))
    }

    fn i2c(&mut self, bus: &Resource<I2cHandle>, address: u16, operations: &[Operation]) -> Answer<Vec<Vec<u8>>> {
        let device = self.0.table().get(bus)?.device.clone();
        // A handle is only made of a device that it drives.
        let Some(mut access) = self.0.access(&device) else { return Ok(Err(i2c::ErrorCode::Other)) };
        Ok(access.i2c(address, operations).map_err(i2c::ErrorCode::from))
    }
}

/// One more than is ever granted is enough to be refused.
fn judged(operations: Vec<i2c::Operation>) -> Vec<Operation> {
    operations.into_iter().take(MAXIMUM_OPERATIONS + 1).map(Operation::from).collect()
}

/// A length that no address space has is refused as every other that is too long.
fn size(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// What a transaction gives, when it comes.
type LaterAnswer = Result<Later<core::result::Result<Vec<Vec<u8>>, I2cError>>>;

impl Buses<'_> {
    /// [`Buses::i2c`], of a bus that may be behind a bridge. It is judged at once.
    fn i2c_later(&mut self, bus: &Resource<I2cHandle>, address: u16, operations: &[Operation]) -> LaterAnswer {
        let device = self.0.table().get(bus)?.device.clone();
        let Some(mut access) = self.0.access(&device) else {
            return Ok(Box::pin(async { Err(I2cError::new(I2cErrorCode::Other, "the bus is closed")) }));
        };
        Ok(access.i2c_later(address, operations))
    }
}

/// Puts the interface into a linker. `is_bridged` says whether a bus may be behind a bridge, whose driver is waited for.
pub fn add_i2c<State: DrivesBuses + 'static>(linker: &mut Linker<State>, is_bridged: bool) -> Result<()> {
    type Bus = Resource<I2cHandle>;
    i2c::add_to_linker::<_, HasBuses>(linker, |state| Buses(state))?;
    if !is_bridged {
        return Ok(());
    }
    linker.allow_shadowing(true);
    let mut instance = linker.instance("wasi:i2c/i2c@0.2.0-draft")?;
    instance.func_wrap_async(
        "[method]i2c.transaction",
        |mut store: StoreContextMut<'_, State>, (bus, address, operations): (Bus, u16, Vec<i2c::Operation>)| {
            let later = Buses(store.data_mut()).i2c_later(&bus, address, &judged(operations));
            Box::new(async move { Ok((later?.await.map_err(i2c::ErrorCode::from),)) })
        },
    )?;
    instance.func_wrap_async(
        "[method]i2c.read",
        |mut store: StoreContextMut<'_, State>, (bus, address, length): (Bus, u16, u64)| {
            let later = Buses(store.data_mut()).i2c_later(&bus, address, &[Operation::Read(size(length))]);
            Box::new(async move { Ok((later?.await.map_err(i2c::ErrorCode::from).and_then(only),)) })
        },
    )?;
    instance.func_wrap_async(
        "[method]i2c.write",
        |mut store: StoreContextMut<'_, State>, (bus, address, data): (Bus, u16, Vec<u8>)| {
            let later = Buses(store.data_mut()).i2c_later(&bus, address, &[Operation::Write(data)]);
            Box::new(async move { Ok((later?.await.map(drop).map_err(i2c::ErrorCode::from),)) })
        },
    )?;
    instance.func_wrap_async(
        "[method]i2c.write-read",
        |mut store: StoreContextMut<'_, State>, (bus, address, data, length): (Bus, u16, Vec<u8>, u64)| {
            let operations = [Operation::Write(data), Operation::Read(size(length))];
            let later = Buses(store.data_mut()).i2c_later(&bus, address, &operations);
            Box::new(async move { Ok((later?.await.map_err(i2c::ErrorCode::from).and_then(only),)) })
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// What the one read of a transaction gave.
fn only(mut received: Vec<Vec<u8>>) -> core::result::Result<Vec<u8>, i2c::ErrorCode> {
    received.pop().ok_or(i2c::ErrorCode::Other)
}

impl From<i2c::Operation> for Operation {
    fn from(operation: i2c::Operation) -> Self {
        match operation {
            i2c::Operation::Read(length) => Self::Read(size(length)),
            i2c::Operation::Write(data) => Self::Write(data),
        }
    }
}

impl From<I2cError> for i2c::ErrorCode {
    fn from(error: I2cError) -> Self {
        match error.code {
            I2cErrorCode::Bus => Self::Bus,
            I2cErrorCode::ArbitrationLoss => Self::ArbitrationLoss,
            I2cErrorCode::NoAcknowledge(source) => Self::NoAcknowledge(match source {
                NoAcknowledge::Address => i2c::NoAcknowledgeSource::Address,
                NoAcknowledge::Data => i2c::NoAcknowledgeSource::Data,
                NoAcknowledge::Unknown => i2c::NoAcknowledgeSource::Unknown,
            }),
            I2cErrorCode::Overrun => Self::Overrun,
            I2cErrorCode::Other => Self::Other,
        }
    }
}

impl delay::Host for Buses<'_> {}

impl delay::HostDelay for Buses<'_> {
    /// Waits as a part of the current call, whose limit ends it.
    async fn delay_ns(&mut self, delay: Resource<DelayHandle>, nanoseconds: u32) -> Result<()> {
        self.0.table().get(&delay)?;
        sleep(Duration::from_nanos(nanoseconds.into())).await;
        Ok(())
    }

    fn drop(&mut self, delay: Resource<DelayHandle>) -> Result<()> {
        self.0.table().delete(delay)?;
        Ok(())
    }
}
