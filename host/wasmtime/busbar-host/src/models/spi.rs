use super::SpiModelTarget;
use super::bindings::exports::busbar::model::spi_targets::{Clocking, ErrorCode, Guest, Operation as WitOperation};
use super::component::Made;
use crate::bus::spi::{BitOrder, Operation, SpiError, SpiErrorCode, SpiGrant};

impl SpiModelTarget for Made<Guest> {
    fn transaction(&mut self, wiring: &SpiGrant, operations: &[Operation]) -> Result<Vec<Vec<u8>>, SpiError> {
        let failed = || SpiError::other("The simulated device failed.");
        let asked: Vec<WitOperation> = operations.iter().map(WitOperation::from).collect();
        let clocking =
            Clocking { mode: wiring.mode, hz: wiring.maximum_hz, lsb_first: wiring.bit_order == BitOrder::LsbFirst };
        let call =
            self.call(|store, exports, target| exports.target().call_transaction(store, target, clocking, &asked));
        let results =
            call.ok_or_else(failed)?.map_err(|error| SpiError::new(SpiErrorCode::from(error.code), error.message))?;
        // What a driver is told depends on it: one list for each that receives, as long as was asked for.
        let makes_sense = results.iter().map(Vec::len).eq(operations.iter().filter_map(Operation::received));
        if makes_sense { Ok(results) } else { Err(failed()) }
    }
}

impl From<&Operation> for WitOperation {
    fn from(operation: &Operation) -> Self {
        match operation {
            // No grant is as long.
            Operation::Read(length) => Self::Read(u32::try_from(*length).unwrap_or(u32::MAX)),
            Operation::Write(data) => Self::Write(data.clone()),
            Operation::Transfer(data) => Self::Transfer(data.clone()),
            Operation::Delay(nanoseconds) => Self::DelayNs(*nanoseconds),
        }
    }
}

impl From<ErrorCode> for SpiErrorCode {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::Overrun => Self::Overrun,
            ErrorCode::ModeFault => Self::ModeFault,
            ErrorCode::FrameFormat => Self::FrameFormat,
            ErrorCode::ChipSelectFault => Self::ChipSelectFault,
            ErrorCode::Other => Self::Other,
        }
    }
}
