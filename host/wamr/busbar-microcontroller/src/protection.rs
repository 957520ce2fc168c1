//! What the processor's memory protection unit holds, beside all checks of the code: nothing runs from RAM, and nothing writes to flash.
//! Armv7-M Architecture Reference Manual, B3.5.

use cortex_m::peripheral::MPU;

/// MPU_RASR: the region is used; its size is two to the power of this and one.
const ENABLED: u32 = 1;
const SIZE: u32 = 1;
/// Access permissions, B3.5.9: 0b110 is read-only, 0b011 is all.
const READ_ONLY: u32 = 0b110 << 24;
const READ_WRITE: u32 = 0b011 << 24;
/// Nothing in the region is executed.
const EXECUTE_NEVER: u32 = 1 << 28;
/// MPU_CTRL: the unit is on; what no region has is as without it, for the host's own peripherals.
const CONTROL: u32 = 0b101;

/// Code: 512 MiB from address 0.
const CODE: u32 = 0x0000_0000;
/// SRAM: 512 MiB.
const SRAM: u32 = 0x2000_0000;
const HALF_A_GIBIBYTE: u32 = 28;

/// Protects the two regions of Armv7-M in which flash and RAM lie, B3.1.
pub fn start(unit: &MPU) {
    for (number, base, access) in [(0, CODE, READ_ONLY), (1, SRAM, READ_WRITE | EXECUTE_NEVER)] {
        // SAFETY: the code does not write to flash, and runs from there only: it goes on as before.
        unsafe {
            unit.rnr.write(number);
            unit.rbar.write(base);
            unit.rasr.write(access | HALF_A_GIBIBYTE << SIZE | ENABLED);
        }
    }
    // SAFETY: likewise.
    unsafe { unit.ctrl.write(CONTROL) };
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
}
