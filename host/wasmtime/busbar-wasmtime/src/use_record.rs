//! The file in which runs that complain keep what their devices needed, until `busbar grants` makes entries of it.

use crate::outside::Outside;
use crate::session::Session;
use busbar_command::exit::Failure;
use busbar_host::board::parse_strict_json;
use busbar_host::error::HostError;
use busbar_host::grants::{DeviceUse, merge_use, parse_uses};
use busbar_host::system_error::error_name;
use serde_json::{Map, json};
use std::cell::RefCell;
use std::fs;
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// So often it is written; at the end of the run in any case.
const EVERY: Duration = Duration::from_secs(60);

/// What was recorded, by the devices' names.
type Uses = Vec<(String, DeviceUse)>;

/// A record that is being kept.
pub struct KeptRecord {
    kept: Rc<Kept>,
    task: JoinHandle<()>,
}

struct Kept {
    path: String,
    session: Rc<Session>,
    outside: Rc<Outside>,
    uses: RefCell<Uses>,
}

impl KeptRecord {
    /// Keeps a record of a board, beside what earlier runs left there. `outside` writes it.
    ///
    /// # Errors
    ///
    /// Where every entry is enforced, where it cannot be written, and where what is there is no record.
    pub async fn start(path: &str, session: Rc<Session>, outside: Rc<Outside>) -> Result<Self, Failure> {
        if session.board.uses().is_empty() {
            return Err(Failure::Usage(
                "--record is for complain mode; add --complain, or \"enforce\": false to a device.".to_owned(),
            ));
        }
        let uses = RefCell::new(read_uses(path)?.unwrap_or_default());
        let kept = Rc::new(Kept { path: path.to_owned(), session, outside, uses });
        // Known at once, not after a day.
        kept.write().await?;
        let writing = kept.clone();
        let task = tokio::task::spawn_local(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                // The end of the run says it.
                let _ = writing.write().await;
            }
        });
        Ok(Self { kept, task })
    }

    /// Takes what there is now: devices are about to be replaced, and begin anew.
    pub fn take(&self) {
        self.kept.take();
    }

    /// Writes it for the last time.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub async fn end(&self) -> Result<(), Failure> {
        self.task.abort();
        self.kept.write().await
    }
}

impl Kept {
    fn take(&self) {
        let mut uses = self.uses.borrow_mut();
        for (device, used) in self.session.board.uses() {
            match uses.iter_mut().find(|(each, _)| *each == device) {
                Some((_, known)) => *known = merge_use(known, &used),
                None => uses.push((device, used)),
            }
        }
    }

    async fn write(&self) -> Result<(), Failure> {
        self.take();
        let uses = self.uses.borrow().iter().map(|(name, used)| (name.clone(), used.to_json())).collect::<Map<_, _>>();
        let text = format!("{:#}\n", json!({ "busbar": "uses", "devices": uses }));
        self.outside.record(text.into_bytes()).await?.map_err(|error| {
            Failure::Usage(format!("{} cannot be written ({error}); name another file after --record.", self.path))
        })
    }
}

/// None where there is no record yet.
fn read_uses(path: &str) -> Result<Option<Uses>, HostError> {
    match fs::read(path) {
        Ok(bytes) => {
            let source = format!("the record {path}");
            let record = parse_strict_json(&String::from_utf8_lossy(&bytes), &source)?;
            parse_uses(&record, &source).map(Some)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(HostError::board(format!("the record {path} cannot be read ({}).", error_name(&error)))),
    }
}
