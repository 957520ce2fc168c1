//! The time of this machine, by the timer of the processor, which also ends calls that take too long.

use busbar_wamr::Trap;
use busbar_wamr::device::CallWatch;
use busbar_wamr::engine::end_interrupted;
use core::arch::naked_asm;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;

/// Of the processor of mps2-an386: AN386, "Clocks".
const HERTZ: u32 = 25_000_000;
const TICKS_PER_SECOND: u32 = 1_000;
const NO_DEADLINE: u32 = u32::MAX;

/// Milliseconds since the start: the lower and the upper half.
static NOW: AtomicU32 = AtomicU32::new(0);
static TURNS: AtomicU32 = AtomicU32::new(0);
/// For how many milliseconds the call under way may still go on.
static LEFT: AtomicU32 = AtomicU32::new(NO_DEADLINE);

/// Starts the timer.
pub fn start(mut timer: SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(HERTZ / TICKS_PER_SECOND - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

/// The time since the start.
pub fn elapsed() -> Duration {
    loop {
        let turns = TURNS.load(Ordering::Relaxed);
        let now = NOW.load(Ordering::Relaxed);
        // Where the interrupt came between the two, they are read again.
        if turns == TURNS.load(Ordering::Relaxed) {
            return Duration::from_millis(u64::from(turns) << 32 | u64::from(now));
        }
    }
}

/// Waits for at least so long.
///
/// # Errors
///
/// [`Trap::Ended`] when the call that waits has used its time up.
pub fn sleep(duration: Duration) -> Result<(), Trap> {
    let start = elapsed();
    // A tick may be about to come.
    let duration = if duration.is_zero() { duration } else { duration.saturating_add(Duration::from_millis(1)) };
    while elapsed() - start < duration {
        if LEFT.load(Ordering::Relaxed) == 0 {
            return Err(Trap::Ended);
        }
        cortex_m::asm::wfi();
    }
    Ok(())
}

/// The limit of the calls of one driver, in milliseconds.
pub struct Limit(pub u32);

impl CallWatch for Limit {
    fn limit_ms(&self) -> u32 {
        self.0
    }

    fn begin(&self) {
        LEFT.store(self.0, Ordering::Relaxed);
    }

    fn end(&self) {
        LEFT.store(NO_DEADLINE, Ordering::Relaxed);
    }
}

/// The interrupt of the timer: gives [`tick`] what the processor has put on the stack.
///
/// # Safety
///
/// Only the processor calls it.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn SysTick() {
    // Guests and host use the main stack, and so does the handler: at its entry the frame is where that ends.
    naked_asm!("mov r0, sp", "b {tick}", tick = sym tick)
}

unsafe extern "C" fn tick(frame: &mut [u32; 8]) {
    let now = NOW.load(Ordering::Relaxed).wrapping_add(1);
    NOW.store(now, Ordering::Relaxed);
    if now == 0 {
        TURNS.store(TURNS.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
    match LEFT.load(Ordering::Relaxed) {
        NO_DEADLINE => {}
        // SAFETY: this is the handler, and that the frame.
        0 => unsafe { end_interrupted(frame) },
        left => LEFT.store(left - 1, Ordering::Relaxed),
    }
}
