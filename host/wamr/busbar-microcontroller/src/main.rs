//! The host of Busbar's drivers on a microcontroller: the same drivers, as machine code that runs from flash, the same grants, errors and
//! audit as on the other hosts, in 256 KiB of RAM. It reads every sensor of its board once, and says what that took. Made for QEMU's
//! mps2-an386, a Cortex-M4; docs/microcontroller.md says what a port to another machine has to bring.

#![no_std]
#![no_main]

extern crate alloc;

mod bus;
mod clock;
mod context;
mod image;
mod protection;
mod sensor;
mod usage;

use alloc::string::ToString;
use alloc::sync::Arc;
use busbar_core::clock::Clock;
use busbar_core::failure::BoardFailure;
use busbar_core::text::printable;
use busbar_core::trace::{BoardEvent, Trace};
use busbar_wamr::engine::{PoolAllocator, pool_use, start_in};
use core::panic::PanicInfo;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use cortex_m_semihosting::{debug, hprintln};
use image::{DEVICES, Device};

#[global_allocator]
static ALLOCATOR: PoolAllocator = PoolAllocator;

/// What is shown of a sentence, in UTF-16 code units.
const LONGEST: usize = 300;

#[entry]
fn main() -> ! {
    // SAFETY: nobody else asks for the pool, and the stack is where memory.x says.
    let started = unsafe { start_in(usage::pool(), usage::lowest_of_stack()) };
    let (true, Some(peripherals)) = (started, cortex_m::Peripherals::take()) else {
        hprintln!("busbar: the machine does not start");
        debug::exit(debug::EXIT_FAILURE);
        unreachable!("the machine is off")
    };
    protection::start(&peripherals.MPU);
    clock::start(peripherals.SYST);
    let trace = Trace::new(Clock::counting(clock::elapsed), Arc::new(tell));
    let mut status = debug::EXIT_SUCCESS;
    for device in DEVICES {
        if let Err(failure) = read(device, &trace) {
            hprintln!("busbar: {}", printable(&failure.to_string(), LONGEST));
            status = debug::EXIT_FAILURE;
        }
    }
    trace.flush();
    tell_usage();
    debug::exit(status);
    unreachable!("the machine is off")
}

/// Reads a sensor, and prints what it measures. Its driver is gone afterwards: the next one has all the memory.
fn read(device: &'static Device, trace: &Trace) -> Result<(), BoardFailure> {
    let mut sensor = sensor::open(device, trace)?;
    let opened = context::take_waited();
    let values = sensor.read()?;
    hprintln!("{}  {}", device.name, printable(&sensor.info().model, LONGEST));
    for (channel, value) in sensor.channels().iter().zip(values) {
        hprintln!("  {}  {}  {}", printable(&channel.label, LONGEST), value, channel.quantity.unit());
    }
    let read = context::take_waited();
    hprintln!("  waited {} us to open and {} us to read", opened.as_micros(), read.as_micros());
    Ok(sensor.close()?)
}

/// What the board tells, in the words of the command.
fn tell(event: &BoardEvent) {
    match event {
        BoardEvent::Audit(event) => {
            let (call, reason) = (printable(&event.call, LONGEST), printable(&event.reason, LONGEST));
            hprintln!("busbar: denied to {}: {}: {}", event.device, call, reason);
        }
        BoardEvent::Warning(event) => hprintln!("busbar: {}: {}", event.device, event.message),
        BoardEvent::Lifecycle(_) => {}
    }
}

fn tell_usage() {
    let (pool, stack, fixed) = (pool_use(), usage::stack_used(), usage::fixed());
    hprintln!(
        "RAM  {} = {} fixed + {} of the pool + {} of the stack",
        fixed + pool.most as usize + stack,
        fixed,
        pool.most,
        stack
    );
    hprintln!("flash  {}", usage::flash());
}

/// What the processor cannot go on with.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    hprintln!("busbar: the host failed at 0x{:08x}", frame.pc());
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}

/// What is wrong with the host itself, or the machine has no memory left.
#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    hprintln!("busbar: the host failed: {}", info);
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}
