//! Waiting as long as a data sheet says.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// What is shorter than this is waited for in the thread: to give it up and get it back takes as long.
const SHORTEST_TIMER: Duration = Duration::from_micros(50);
/// tokio's timers go by the millisecond, and are up to two late: of a wait that is longer, less than a hundredth part.
const LONGEST_PRECISE: Duration = Duration::from_millis(200);

/// Waits for at least so long, and little longer: a chip that has measured after 9.3 ms is asked then.
///
/// # Panics
///
/// Outside of a tokio runtime with its timers and its descriptors: `enable_all`.
pub async fn sleep(duration: Duration) {
    if duration < SHORTEST_TIMER {
        let start = Instant::now();
        while start.elapsed() < duration {
            std::hint::spin_loop();
        }
        return;
    }
    if duration < LONGEST_PRECISE
        && let Ok(timer) = kernel_timer(duration)
        && timer.readable().await.is_ok()
    {
        return;
    }
    // Also where so many wait that there is no descriptor left.
    tokio::time::sleep(duration).await;
}

/// A timer of the kernel, timerfd_create(2), which becomes readable after so long; never a time of zero, which would stop it.
fn kernel_timer(duration: Duration) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: it takes numbers only.
    let descriptor = unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_NONBLOCK | libc::TFD_CLOEXEC) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was made just now, and nobody else has it.
    let timer = unsafe { OwnedFd::from_raw_fd(descriptor) };
    let out_of_range = |_| io::ErrorKind::InvalidInput;
    let once = libc::itimerspec {
        it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: libc::timespec {
            tv_sec: duration.as_secs().try_into().map_err(out_of_range)?,
            tv_nsec: duration.subsec_nanos().into(),
        },
    };
    // SAFETY: the time lives as long as the call, which asks for no old one.
    match unsafe { libc::timerfd_settime(timer.as_raw_fd(), 0, &raw const once, std::ptr::null_mut()) } {
        // SAFETY: the file belongs to what is given, stays the same, and is not closed before that is dropped.
        0 => Ok(unsafe { AsyncFd::register_with_interest(timer, Interest::READABLE) }?),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_PRECISE, sleep};
    use std::time::{Duration, Instant};

    #[test]
    fn nobody_waits_for_less_than_was_asked_for_and_others_go_on_meanwhile() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            for microseconds in [0, 20, 60, 2_300, 205_000] {
                let duration = Duration::from_micros(microseconds);
                let start = Instant::now();
                sleep(duration).await;
                assert!(start.elapsed() >= duration);
            }
            let others = async {
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
            };
            let others_first = tokio::select! { () = sleep(LONGEST_PRECISE / 2) => false, () = others => true };
            assert!(others_first);
        });
    }
}
