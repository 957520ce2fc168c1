//! The I2C bus of this machine: QEMU's has nothing on it, so it is one in memory, with the chips that the board simulates. A port to a
//! real controller is another implementation of the same trait.

use crate::image::Chip;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use busbar_core::bus::i2c::{I2cBus, I2cError, I2cErrorCode, NoAcknowledge, Operation};

/// Chips that keep what is written to their registers, and do nothing: the model `registers` of board files.
pub struct SimulatedBus(Vec<Seat>);

struct Seat {
    address: u16,
    registers: [u8; 256],
    /// Where the next byte is read or written.
    next: u8,
}

impl SimulatedBus {
    /// A bus with these chips.
    pub fn new(chips: &[Chip]) -> Self {
        let seat = |chip: &Chip| Seat { address: chip.address, registers: chip.registers, next: 0 };
        Self(chips.iter().map(seat).collect())
    }
}

impl I2cBus for SimulatedBus {
    fn transaction(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        let Some(seat) = self.0.iter_mut().find(|seat| seat.address == address) else {
            let code = I2cErrorCode::NoAcknowledge(NoAcknowledge::Address);
            return Err(I2cError::new(code, format!("Nothing acknowledges at 0x{address:02x}.")));
        };
        let mut results = Vec::new();
        for operation in operations {
            match operation {
                Operation::Read(length) => results.push(seat.read(*length)),
                Operation::Write(bytes) => seat.write(bytes),
            }
        }
        Ok(results)
    }
}

impl Seat {
    fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        bytes.fill_with(|| *self.step());
        bytes
    }

    /// The first byte chooses a register.
    fn write(&mut self, bytes: &[u8]) {
        let Some((first, rest)) = bytes.split_first() else { return };
        self.next = *first;
        for byte in rest {
            *self.step() = *byte;
        }
    }

    /// The next register; after the last comes the first.
    fn step(&mut self) -> &mut u8 {
        let register = &mut self.registers[usize::from(self.next)];
        self.next = self.next.wrapping_add(1);
        register
    }
}
