use wasmtime::Engine;
use wasmtime::component::types::{ComponentItem, Type};

/// How a component declares component:usb/transfers, of which three forms have had the same name and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferShape {
    /// The proposal's: `await-transfer: func(xfer: transfer) -> result<list<u8>, libusb-error>`.
    Proposal,
    /// wit/shapes/transfer-result: with the packets of isochronous transfers.
    TransferResult,
    /// wit/shapes/borrowed-transfer: likewise, and the transfer is only lent.
    BorrowedTransfer,
}

/// Which form an import of `transfers` has. One that is like none of them is taken for the proposal's, and Wasmtime says what
/// it lacks.
pub fn shape_of(engine: &Engine, item: &ComponentItem) -> TransferShape {
    let ComponentItem::ComponentInstance(instance) = item else { return TransferShape::Proposal };
    let Some(export) = instance.get_export(engine, "await-transfer") else { return TransferShape::Proposal };
    let ComponentItem::ComponentFunc(function) = export.ty else { return TransferShape::Proposal };
    if function.params().any(|(_, parameter)| matches!(parameter, Type::Borrow(_))) {
        return TransferShape::BorrowedTransfer;
    }
    let gives_packets = function.results().any(|result| match result {
        Type::Result(result) => matches!(result.ok(), Some(Type::Record(_))),
        _ => false,
    });
    if gives_packets { TransferShape::TransferResult } else { TransferShape::Proposal }
}
