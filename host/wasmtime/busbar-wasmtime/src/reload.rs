use crate::output::Output;
use crate::outside::Outside;
use crate::session::Session;
use crate::watched_file::WatchedFile;
use busbar_command::exit::Failure;
use busbar_command::stop::listen_for;
use busbar_host::board::parse_board;
use busbar_host::system_error::error_name;
use busbar_host::text::printable;
use busbar_host::update::{BoardChange, UpdateFailure, UpdateOptions};
use serde_json::json;
use std::cell::Cell;
use std::io;
use std::path::Path;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind};
use tokio::task::JoinHandle;

/// Who uses devices that an edit may change.
pub trait ReloadListener {
    /// The file is read again.
    fn begins(&self);
    /// These changes are made now: the devices that are replaced or removed are about to go.
    fn changing(&self, change: &BoardChange);
    /// They are made.
    fn changed(&self, change: &BoardChange);
    /// It is over, well or not.
    fn over(&self);
}

/// Takes over the board file whenever it is edited, and at SIGHUP: what can be changed while the board is open, and says what
/// cannot. A file that is wrong is reported, and the board goes on as it was. It ends with it.
pub struct Reload {
    task: JoinHandle<()>,
}

impl Drop for Reload {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What is ready to be followed: made before the process is confined.
pub struct Followed {
    hang_up: Signal,
    watched: Option<WatchedFile>,
    /// Of a board file; a bundle is what its lock says.
    outside: Option<Rc<Outside>>,
}

impl Followed {
    /// Watches the board file of a session. `outside` reads it.
    ///
    /// # Errors
    ///
    /// When signals cannot be listened for. That a file is not watched is only said.
    pub fn new(session: &Session, outside: Option<Rc<Outside>>, output: &Output) -> Result<Self, Failure> {
        let hang_up = listen_for(SignalKind::hangup())?;
        let watched = outside.as_ref().map(|_| WatchedFile::new(Path::new(session.named())));
        let watched = watched
            .and_then(|watched| watched.inspect_err(|error| not_watched(session, output, error_name(error))).ok());
        Ok(Self { hang_up, watched, outside })
    }

    /// Begins to follow it.
    pub fn start(self, session: Rc<Session>, output: Arc<Output>, listener: Rc<dyn ReloadListener>) -> Reload {
        let Self { hang_up, watched, outside } = self;
        let task = match outside {
            Some(outside) => {
                let reloader = Reloader { session, output, listener, outside };
                tokio::task::spawn_local(reloader.follow(hang_up, watched))
            }
            None => tokio::task::spawn_local(say_that_it_stays(session, output, hang_up)),
        };
        Reload { task }
    }
}

fn not_watched(session: &Session, output: &Output, reason: &str) {
    let message = format!(
        "{} is not watched ({reason}); after an edit, send SIGHUP to process {}.",
        printable(session.named(), 200),
        std::process::id()
    );
    output.info(&message, json!({ "type": "not-watched", "reason": reason }));
}

async fn say_that_it_stays(session: Rc<Session>, output: Arc<Output>, mut hang_up: Signal) {
    let (file, reason) = (printable(session.named(), 200), "it is a bundle, which stays as it is");
    while hang_up.recv().await.is_some() {
        let message =
            format!("{file} is not read again ({reason}); put a new one in its place, and start busbar again.");
        output.info(&message, json!({ "type": "not-reloaded", "reason": reason }));
    }
}

struct Reloader {
    session: Rc<Session>,
    output: Arc<Output>,
    listener: Rc<dyn ReloadListener>,
    outside: Rc<Outside>,
}

impl Reloader {
    async fn follow(self, mut hang_up: Signal, mut watched: Option<WatchedFile>) {
        let mut content = self.session.text().to_owned();
        // It may have been edited since it was opened.
        self.look(&mut content).await;
        while let Some(file) = &watched {
            match self.stirred(file, &mut hang_up, &mut content).await {
                Ok(true) => self.look(&mut content).await,
                Ok(false) => return,
                Err(error) => {
                    not_watched(&self.session, &self.output, error_name(&error));
                    watched = None;
                }
            }
        }
        while hang_up.recv().await.is_some() {
            self.reload(&mut content).await;
        }
    }

    /// Waits until something happened to the file, and obeys SIGHUP meanwhile; false where there are no signals any more.
    async fn stirred(&self, file: &WatchedFile, hang_up: &mut Signal, content: &mut String) -> io::Result<bool> {
        let mut stirred = pin!(file.stirred());
        loop {
            tokio::select! {
                asked = hang_up.recv() => match asked {
                    Some(()) => self.reload(content).await,
                    None => return Ok(false),
                },
                stirred = &mut stirred => return stirred.map(|()| true),
            }
        }
    }

    /// Takes over what is in the file, where it is another content. A file that is gone for a while is no change.
    async fn look(&self, content: &mut String) {
        let Ok(text) = self.outside.board().await else { return };
        if text != *content {
            *content = text;
            self.listener.begins();
            self.take_over(content, false).await;
            self.listener.over();
        }
    }

    /// Takes over what is in the file, whatever that is: somebody asked, who wants everything as it is on disk.
    async fn reload(&self, content: &mut String) {
        self.listener.begins();
        match self.outside.board().await {
            Ok(text) => {
                *content = text;
                self.take_over(content, true).await;
            }
            Err(error) => self.output.kept_error(&error.into()),
        }
        self.listener.over();
    }

    async fn take_over(&self, text: &str, asked: bool) {
        let begun = Cell::new(None);
        let changing = |change: &BoardChange| {
            self.listener.changing(change);
            begun.set(Some(change.clone()));
        };
        match self.update(text, asked, changing).await {
            Ok(change) => {
                self.tell(&change, asked);
                self.listener.changed(&change);
            }
            Err(failure) => {
                self.output.kept_error(&failure);
                // What was to go is there again, and whoever used it begins anew.
                if let Some(begun) = begun.take() {
                    self.listener.changed(&undone_of(begun));
                }
            }
        }
    }

    async fn update(
        &self,
        text: &str,
        asked: bool,
        changing: impl FnOnce(&BoardChange),
    ) -> Result<BoardChange, Failure> {
        let wanted = self.session.as_opened(parse_board(text, self.session.named())?);
        let options = UpdateOptions {
            components: &*self.outside,
            renew: asked,
            can_have: &|before, entry| self.session.can_have(before, entry),
        };
        self.session.board.update(&wanted, &options, changing).await.map_err(|failure| match failure {
            UpdateFailure::Host(error) => error.into(),
            UpdateFailure::Tried(error) => Failure::Tried(error),
        })
    }

    /// `asked`: whether somebody waits for an answer even where nothing has changed.
    fn tell(&self, change: &BoardChange, asked: bool) {
        let BoardChange { replaced, added, removed, components, later, .. } = change;
        let file = printable(self.session.named(), 200);
        let done: Vec<String> = [("replaced", replaced), ("added", added), ("removed", removed)]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(verb, names)| format!("{verb} {}", names.join(", ")))
            .collect();
        let mut sentences = Vec::new();
        if !done.is_empty() || asked {
            let done = if done.is_empty() { "nothing to replace".to_owned() } else { done.join("; ") };
            sentences.push(format!("{file}: {done}."));
        }
        if !components.is_empty() {
            sentences.push(format!("The component of {} is another than before.", components.join(", ")));
        }
        if !later.is_empty() {
            let places = later.iter().map(|place| format!("\"{place}\"")).collect::<Vec<_>>().join(", ");
            sentences.push(format!("{file}: restart busbar run to take over {places}."));
        }
        if !sentences.is_empty() {
            let record = json!({
                "type": "reload", "replaced": replaced, "added": added, "removed": removed, "components": components,
                "restart": later
            });
            self.output.info(&sentences.join(" "), record);
        }
    }
}

fn undone_of(change: BoardChange) -> BoardChange {
    let BoardChange { replaced, removed, .. } = &change;
    let replaced = replaced.iter().chain(removed).cloned().collect();
    BoardChange { replaced, added: Vec::new(), removed: Vec::new(), ..change }
}
