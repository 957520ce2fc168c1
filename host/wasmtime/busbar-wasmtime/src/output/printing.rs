use super::Output;
use serde_json::json;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use tokio::sync::Notify;

/// What nobody has read yet may be as much as this, in bytes, before an app has to wait.
const MOST_UNREAD: usize = 64 << 10;

/// Writes what apps print to stdout, in a thread of its own: a reader that does not read holds up nobody but who prints.
pub struct Printing {
    sender: mpsc::Sender<Vec<u8>>,
    shared: Arc<Shared>,
}

struct Shared {
    output: Arc<Output>,
    unread: AtomicUsize,
    /// Whether the reader went away: a pipe that was closed, a terminal that is gone.
    is_gone: AtomicBool,
    /// Whether something could not be written: a full disk, say.
    has_failed: AtomicBool,
    changed: Notify,
}

impl Printing {
    /// Starts the thread. What it cannot write is told on the stderr of `output`.
    pub fn start(output: Arc<Output>) -> Self {
        let (sender, receiver) = mpsc::channel::<Vec<u8>>();
        let shared = Arc::new(Shared {
            output,
            unread: AtomicUsize::new(0),
            is_gone: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
            changed: Notify::new(),
        });
        let writing = shared.clone();
        std::thread::spawn(move || {
            for bytes in receiver {
                writing.write(&bytes);
            }
        });
        Self { sender, shared }
    }

    /// Takes bytes; they are written after all before.
    pub fn print(&self, bytes: Vec<u8>) {
        let length = bytes.len();
        self.shared.unread.fetch_add(length, Ordering::AcqRel);
        if self.sender.send(bytes).is_err() {
            // The thread lives as long as this: it cannot happen, and then there is nothing to wait for.
            self.shared.unread.fetch_sub(length, Ordering::AcqRel);
        }
    }

    /// Whether more can be printed now.
    pub fn has_room(&self) -> bool {
        self.shared.unread.load(Ordering::Acquire) < MOST_UNREAD
    }

    /// Settles once more can be printed.
    pub async fn room(&self) {
        self.until(|| self.has_room()).await;
    }

    /// Settles when the reader went away.
    pub async fn gone(&self) {
        self.until(|| self.shared.is_gone.load(Ordering::Acquire)).await;
    }

    /// Settles when all is written, or nobody reads it any more. False where something could not be written.
    pub async fn finish(&self) -> bool {
        self.until(|| self.shared.unread.load(Ordering::Acquire) == 0).await;
        !self.shared.has_failed.load(Ordering::Acquire)
    }

    async fn until(&self, is_so: impl Fn() -> bool) {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            // Before the look: what happens in between is heard of too.
            changed.as_mut().enable();
            if is_so() {
                return;
            }
            changed.await;
        }
    }
}

impl Shared {
    fn write(&self, bytes: &[u8]) {
        let mut stdout = io::stdout().lock();
        if let Err(error) = stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            self.failed(&error);
        }
        drop(stdout);
        self.unread.fetch_sub(bytes.len(), Ordering::AcqRel);
        self.changed.notify_waiters();
    }

    fn failed(&self, error: &io::Error) {
        if matches!(error.raw_os_error(), Some(libc::EPIPE | libc::EIO)) {
            self.is_gone.store(true, Ordering::Release);
        } else if !self.has_failed.swap(true, Ordering::AcqRel) {
            let reason = name_of(error);
            let record = json!({ "type": "lost", "reason": reason });
            self.output.notice(&format!("the output cannot be written ({reason}); it is lost."), record);
        }
    }
}

/// As the system calls it.
fn name_of(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::ENOSPC) => "ENOSPC".to_owned(),
        Some(libc::EDQUOT) => "EDQUOT".to_owned(),
        Some(libc::EFBIG) => "EFBIG".to_owned(),
        Some(libc::EBADF) => "EBADF".to_owned(),
        _ => error.to_string(),
    }
}
