use crate::output::Output;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    changed: Notify,
}

impl Printing {
    /// Starts the thread, which writes through `output`.
    pub fn start(output: Arc<Output>) -> Self {
        let (sender, receiver) = mpsc::channel::<Vec<u8>>();
        let shared = Arc::new(Shared { output, unread: AtomicUsize::new(0), changed: Notify::new() });
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
        self.until(|| self.shared.output.is_gone()).await;
    }

    /// Settles when all is written, or lost.
    pub async fn finish(&self) {
        self.until(|| self.shared.unread.load(Ordering::Acquire) == 0).await;
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
        self.output.write_bytes(bytes);
        self.unread.fetch_sub(bytes.len(), Ordering::AcqRel);
        self.changed.notify_waiters();
    }
}
