//! wasi:spi as drivers, and apps that bring their own, get it: every transaction is judged against the grant of the device whose
//! handle it is.

use super::{Buses, DrivesBuses};
use crate::bindings::wasi::spi::spi;
use crate::bus::Later;
use crate::bus::spi::{MAXIMUM_SPI_OPERATIONS, Operation, SpiError, SpiErrorCode};
use std::sync::Arc;
use wasmtime::component::types::{ComponentItem, Type};
use wasmtime::component::{Linker, Resource};
use wasmtime::{Engine, Result, StoreContextMut};

/// wasi:spi/spi `spi-device`: one device, seen through its grant. It belongs to whoever drives it.
pub struct SpiHandle {
    /// The device's name in the board file.
    device: Arc<str>,
}

type Answer<T> = Result<core::result::Result<T, spi::Error>>;

impl spi::Host for Buses<'_> {
    fn open(&mut self, name: String) -> Answer<Resource<SpiHandle>> {
        if let Err(reason) = self.0.open_spi(&name) {
            return Ok(Err(spi::Error::Other(reason)));
        }
        Ok(Ok(self.0.table().push(SpiHandle { device: name.into() })?))
    }
}

impl spi::HostSpiDevice for Buses<'_> {
    fn read(&mut self, device: Resource<SpiHandle>, length: u64) -> Answer<Vec<u8>> {
        self.spi_for_one(&device, Operation::Read(usize::try_from(length).unwrap_or(usize::MAX)))
    }

    /// By the text, the error is the type of *success*: it means nothing there, and a failure has no reason.
    fn write(&mut self, device: Resource<SpiHandle>, data: Vec<u8>) -> Result<core::result::Result<spi::Error, ()>> {
        let written = self.spi(&device, &[Operation::Write(data)])?;
        Ok(written.map(|_| spi::Error::Other(String::new())).map_err(drop))
    }

    fn transfer(&mut self, device: Resource<SpiHandle>, data: Vec<u8>) -> Answer<Vec<u8>> {
        self.spi_for_one(&device, Operation::Transfer(data))
    }

    fn transaction(
        &mut self,
        device: Resource<SpiHandle>,
        operations: Vec<spi::Operation>,
    ) -> Answer<Vec<spi::OperationResult>> {
        let judged = judged(operations);
        Ok(self.spi(&device, &judged)?.map(|received| results_of(&judged, received)))
    }

    /// The guest dropped its handle. The device goes with whoever drives it.
    fn drop(&mut self, device: Resource<SpiHandle>) -> Result<()> {
        self.0.table().delete(device)?;
        Ok(())
    }
}

impl Buses<'_> {
    fn spi_for_one(&mut self, device: &Resource<SpiHandle>, operation: Operation) -> Answer<Vec<u8>> {
        let received = self.spi(device, &[operation])?;
        Ok(received.and_then(only))
    }

    fn spi(&mut self, device: &Resource<SpiHandle>, operations: &[Operation]) -> Answer<Vec<Vec<u8>>> {
        let device = self.0.table().get(device)?.device.clone();
        // A handle is only made of a device that it drives.
        let Some(mut access) = self.0.access(&device) else {
            return Ok(Err(spi::Error::Other("the device is closed".to_owned())));
        };
        Ok(access.spi(operations).map_err(spi::Error::from))
    }

    /// [`Buses::spi`], of a device that may be behind a bridge. It is judged at once.
    fn spi_later(&mut self, device: &Resource<SpiHandle>, operations: &[Operation]) -> LaterAnswer {
        let device = self.0.table().get(device)?.device.clone();
        let Some(mut access) = self.0.access(&device) else {
            return Ok(Box::pin(async { Err(SpiError::other("the device is closed")) }));
        };
        Ok(access.spi_later(operations))
    }
}

/// What a transaction gives, when it comes.
type LaterAnswer = Result<Later<core::result::Result<Vec<Vec<u8>>, SpiError>>>;

/// What the one operation of a transaction received.
fn only(mut received: Vec<Vec<u8>>) -> core::result::Result<Vec<u8>, spi::Error> {
    received.pop().ok_or_else(|| spi::Error::Other("nothing came".to_owned()))
}

/// One more than is ever granted is enough to be refused.
fn judged(operations: Vec<spi::Operation>) -> Vec<Operation> {
    operations.into_iter().take(MAXIMUM_SPI_OPERATIONS + 1).map(Operation::from).collect()
}

/// One result for each operation, out of what was received.
fn results_of(operations: &[Operation], received: Vec<Vec<u8>>) -> Vec<spi::OperationResult> {
    let mut received = received.into_iter();
    let result = |operation: &Operation| match operation {
        Operation::Read(_) => spi::OperationResult::Read(received.next().unwrap_or_default()),
        Operation::Write(_) => spi::OperationResult::Write,
        Operation::Transfer(_) => spi::OperationResult::Transfer(received.next().unwrap_or_default()),
        Operation::Delay(_) => spi::OperationResult::Delay,
    };
    operations.iter().map(result).collect()
}

/// How a component declares `write` of wasi:spi/spi, of which two forms go by the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteShape {
    /// The text's: `result<error>`.
    Text,
    /// wit/shapes/write-error: `result<_, error>`, which the text surely means.
    WriteError,
}

impl WriteShape {
    /// That of an import of wasi:spi/spi. One that is like neither is taken for the text's, and Wasmtime says what it lacks.
    pub fn of(engine: &Engine, item: &ComponentItem) -> Self {
        let ComponentItem::ComponentInstance(instance) = item else { return Self::Text };
        let Some(export) = instance.get_export(engine, "[method]spi-device.write") else { return Self::Text };
        let ComponentItem::ComponentFunc(function) = export.ty else { return Self::Text };
        let has_error =
            function.results().any(|result| matches!(result, Type::Result(result) if result.err().is_some()));
        if has_error { Self::WriteError } else { Self::Text }
    }
}

/// Puts the interface into a linker, with `write` in this form. `is_bridged` says whether a device may be behind a bridge, whose driver is
/// waited for.
pub fn add_spi<State: DrivesBuses + 'static>(
    linker: &mut Linker<State>,
    shape: WriteShape,
    is_bridged: bool,
) -> Result<()> {
    spi::add_to_linker::<_, super::HasBuses>(linker, |state| Buses(state))?;
    if is_bridged {
        return add_bridged_spi(linker, shape);
    }
    if shape == WriteShape::Text {
        return Ok(());
    }
    linker.allow_shadowing(true);
    linker.instance("wasi:spi/spi")?.func_wrap(
        "[method]spi-device.write",
        |mut store: StoreContextMut<'_, State>, (device, data): (Resource<SpiHandle>, Vec<u8>)| {
            let written = Buses(store.data_mut()).spi(&device, &[Operation::Write(data)])?;
            Ok((written.map(drop),))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// What waits for a device behind a bridge, in the place of what does not.
fn add_bridged_spi<State: DrivesBuses + 'static>(linker: &mut Linker<State>, shape: WriteShape) -> Result<()> {
    type Device = Resource<SpiHandle>;
    linker.allow_shadowing(true);
    let mut instance = linker.instance("wasi:spi/spi")?;
    instance.func_wrap_async(
        "[method]spi-device.read",
        |mut store: StoreContextMut<'_, State>, (device, length): (Device, u64)| {
            let read = Operation::Read(usize::try_from(length).unwrap_or(usize::MAX));
            let later = Buses(store.data_mut()).spi_later(&device, &[read]);
            Box::new(async move { Ok((later?.await.map_err(spi::Error::from).and_then(only),)) })
        },
    )?;
    instance.func_wrap_async(
        "[method]spi-device.transfer",
        |mut store: StoreContextMut<'_, State>, (device, data): (Device, Vec<u8>)| {
            let later = Buses(store.data_mut()).spi_later(&device, &[Operation::Transfer(data)]);
            Box::new(async move { Ok((later?.await.map_err(spi::Error::from).and_then(only),)) })
        },
    )?;
    instance.func_wrap_async(
        "[method]spi-device.transaction",
        |mut store: StoreContextMut<'_, State>, (device, operations): (Device, Vec<spi::Operation>)| {
            let judged = judged(operations);
            let later = Buses(store.data_mut()).spi_later(&device, &judged);
            Box::new(async move {
                let received = later?.await.map_err(spi::Error::from);
                Ok((received.map(|received| results_of(&judged, received)),))
            })
        },
    )?;
    match shape {
        WriteShape::Text => instance.func_wrap_async(
            "[method]spi-device.write",
            |mut store: StoreContextMut<'_, State>, (device, data): (Device, Vec<u8>)| {
                let later = Buses(store.data_mut()).spi_later(&device, &[Operation::Write(data)]);
                Box::new(async move {
                    let written = later?.await;
                    Ok((written.map(|_| spi::Error::Other(String::new())).map_err(drop),))
                })
            },
        )?,
        WriteShape::WriteError => instance.func_wrap_async(
            "[method]spi-device.write",
            |mut store: StoreContextMut<'_, State>, (device, data): (Device, Vec<u8>)| {
                let later = Buses(store.data_mut()).spi_later(&device, &[Operation::Write(data)]);
                Box::new(async move { Ok((later?.await.map(drop).map_err(spi::Error::from),)) })
            },
        )?,
    }
    linker.allow_shadowing(false);
    Ok(())
}

impl From<spi::Operation> for Operation {
    fn from(operation: spi::Operation) -> Self {
        match operation {
            // A length that no address space has is refused as every other that is too long.
            spi::Operation::Read(length) => Self::Read(usize::try_from(length).unwrap_or(usize::MAX)),
            spi::Operation::Write(data) => Self::Write(data),
            spi::Operation::Transfer(data) => Self::Transfer(data),
            spi::Operation::DelayNs(nanoseconds) => Self::Delay(nanoseconds),
        }
    }
}

impl From<SpiError> for spi::Error {
    fn from(error: SpiError) -> Self {
        match error.code {
            SpiErrorCode::Overrun => Self::Overrun,
            SpiErrorCode::ModeFault => Self::ModeFault,
            SpiErrorCode::FrameFormat => Self::FrameFormat,
            SpiErrorCode::ChipSelectFault => Self::ChipSelectFault,
            SpiErrorCode::Other => Self::Other(error.message),
        }
    }
}
