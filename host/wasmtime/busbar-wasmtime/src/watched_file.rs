use busbar_host::board::folder_of_board;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::net::unix::pipe::Receiver;

/// An editor writes a file in several steps; the content is looked at when they are over.
const SETTLE: Duration = Duration::from_millis(100);
/// More than one event has, inotify(7).
const EVENTS: usize = 4 << 10;

/// Tells when there may be another content in a file, through its folder: editors and deployments put another file in its
/// place, and where it is a link to a link, as in Kubernetes, only the one in between changes.
pub struct WatchedFile {
    events: Receiver,
}

impl WatchedFile {
    /// Watches a file from now on.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn new(file: &Path) -> io::Result<Self> {
        let folder = folder_of_board(file);
        let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let kinds = WatchFlags::CREATE
            | WatchFlags::MOVED_TO
            | WatchFlags::MOVED_FROM
            | WatchFlags::DELETE
            | WatchFlags::MODIFY
            | WatchFlags::ATTRIB;
        inotify::add_watch(&events, folder, kinds | WatchFlags::ONLYDIR)?;
        // It is read as a pipe is.
        Ok(Self { events: Receiver::from_owned_fd_unchecked(events)? })
    }

    /// Settles when something happened in the folder, and some time for the rest of it is over.
    ///
    /// # Errors
    ///
    /// The system's: it is not watched any more.
    pub async fn stirred(&self) -> io::Result<()> {
        let mut events = [0; EVENTS];
        loop {
            self.events.readable().await?;
            match self.events.try_read(&mut events) {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        tokio::time::sleep(SETTLE).await;
        // What happened meanwhile is the rest of it.
        while self.events.try_read(&mut events).is_ok_and(|length| length > 0) {}
        Ok(())
    }
}
