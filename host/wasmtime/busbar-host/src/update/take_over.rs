use super::trial::{try_device, try_settings};
use super::{BoardChange, BringComponents, Brought, UpdateFailure, UpdateOptions, plan_change};
use crate::OpenBoard;
use crate::app::App;
use crate::board::{Board, ComponentName};
use crate::components::{Driver, LoadedComponent};
use crate::error::HostError;
use crate::instance::{After, DriverOrRefusal, StartsLives, Supervised, Supervisor, at_once};
use crate::locked::locked;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// A driver of the board before that an edit ends.
struct Ended {
    name: String,
    supervisor: Arc<Supervisor>,
    /// Whether it worked, so that its new entry has to work too.
    worked: bool,
}

impl OpenBoard {
    /// Takes over an edited board while this one is open, as far as that can be done: devices come, go and are replaced.
    /// What cannot be done before the board is opened again stays as it is, and is named in the result.
    ///
    /// A component that was loaded stays what it was, whatever becomes of its file: only a device whose entry changes, or
    /// `renew`, has it read again. `on_checked` is called when everything is checked, at once before the first driver is
    /// stopped.
    ///
    /// # Errors
    ///
    /// When the board is wrong, makes another kind of device of one that there is, has a setting that a driver refuses, or
    /// when a device that worked does not work with its new entry: everything is as before then.
    pub async fn update(
        &self,
        wanted: &Board,
        options: &UpdateOptions<'_>,
        on_checked: impl FnOnce(&BoardChange),
    ) -> Result<BoardChange, UpdateFailure> {
        let _one_after_the_other = self.changing.lock().await;
        let mut change = plan_change(&self.board(), wanted, options.can_have)?;
        let mut components =
            Components { board: self, bring: options.components, brought: HashMap::new(), files: Vec::new() };
        components.find_changed(&mut change, options.renew).await?;
        let mut checked = Vec::new();
        for name in change.replaced.iter().chain(&change.added) {
            checked.push((name.clone(), self.check(name, &change.board, &mut components).await?));
        }
        for (name, driver) in &checked {
            if let Some(entry) = change.board.device(name) {
                try_settings(&self.wiring.unplugged(name, entry, driver.clone(), at_once())).await?;
            }
        }
        self.exchange(&change, checked, on_checked).await?;
        let mut guard = locked(&self.guard);
        for (what, path) in components.files {
            // One that an app got meanwhile is kept all the same: that app is refused its folder.
            let _ = guard.keep_file(&what, &path);
        }
        for name in change.replaced.iter().chain(&change.removed) {
            self.last_readings().forget(name);
        }
        Ok(change)
    }

    /// Finds the driver of an entry and checks its imports.
    async fn check(&self, name: &str, board: &Board, components: &mut Components<'_>) -> Result<Driver, HostError> {
        let entry =
            board.device(name).ok_or_else(|| HostError::board(format!("the board has no device \"{name}\".")))?;
        // Only an entry with a driver is checked.
        let driver = entry.named_driver().unwrap_or_else(|| "".into());
        let loaded = components.load(name, &driver).await?;
        let driver = Driver::check(&self.surroundings.machine, name, entry, &loaded)?;
        let kind = self.running(name).map_or(driver.kind(), |before| before.driver().kind());
        if driver.kind() != kind {
            return Err(HostError::board(format!(
                "\"{name}\" is a {}, and {} drives a {}; give that device another name.",
                kind.name(),
                driver.label(),
                driver.kind().name()
            )));
        }
        Ok(driver)
    }

    /// Ends the drivers that are not as they were, and puts the new ones in their place; where one of these does not work,
    /// undoes all of it.
    async fn exchange(
        &self,
        change: &BoardChange,
        checked: Vec<(String, Driver)>,
        on_checked: impl FnOnce(&BoardChange),
    ) -> Result<(), UpdateFailure> {
        let ended: Vec<Ended> = change
            .replaced
            .iter()
            .chain(&change.removed)
            .filter_map(|name| {
                let supervisor = self.running(name)?;
                let failed = self.last_readings().get(name).is_some_and(|last| last.failure.is_some());
                Some(Ended { name: name.clone(), worked: supervisor.is_running() && !failed, supervisor })
            })
            .collect();
        on_checked(change);
        for Ended { supervisor, .. } in &ended {
            self.release_slot(supervisor);
        }
        // Nobody starts one of them before all of this is over.
        let (over, after) = watch::channel(false);
        let mut begun = HashMap::new();
        for (name, driver) in checked {
            if let Some(entry) = change.board.device(&name) {
                let supervised = self.wiring.supervised(&name, entry, driver, after.clone());
                begun.insert(name, Supervisor::new(supervised));
            }
        }
        let drivers = &self.surroundings.drivers;
        let known: HashMap<String, DriverOrRefusal> = drivers.all().into_iter().collect();
        let devices = change.board.devices.iter().filter_map(|(name, _)| {
            let begun = begun.get(name).cloned().map(Ok);
            Some((name.clone(), begun.or_else(|| known.get(name).cloned())?))
        });
        let before = drivers.replace(Arc::new(change.board.clone()), devices.collect());
        // All of them end before the first begins, because one may get the place on the bus that another one had.
        for Ended { name, supervisor, .. } in &ended {
            let is_removed = change.removed.contains(name);
            let what = if is_removed { "removed" } else { "replaced" };
            supervisor.stop(&format!("its entry of the board was {what}")).await;
        }
        self.wiring.hub.share();
        for Ended { name, .. } in ended.iter().filter(|each| each.worked) {
            let Some(supervisor) = begun.get(name) else { continue };
            if let Err(failure) = try_device(supervisor.supervised()).await {
                self.put_back(before, &ended, begun.into_values(), &over, &after).await;
                return Err(failure);
            }
        }
        over.send_replace(true);
        Ok(())
    }

    /// Undoes a change: what came with it ends, and what it ended is there again.
    async fn put_back(
        &self,
        (board, mut devices): (Arc<Board>, Vec<(String, DriverOrRefusal)>),
        ended: &[Ended],
        begun: impl Iterator<Item = Arc<Supervisor>>,
        over: &watch::Sender<bool>,
        after: &After,
    ) {
        for supervisor in begun {
            self.release_slot(&supervisor);
            supervisor.stop("its new entry of the board does not work").await;
        }
        for Ended { name, supervisor, .. } in ended {
            let Supervised { entry, driver, .. } = supervisor.supervised();
            let again = self.wiring.supervised(name, entry, driver.clone(), after.clone());
            if let Some((_, device)) = devices.iter_mut().find(|(each, _)| each == name) {
                *device = Ok(Supervisor::new(again));
            }
        }
        self.surroundings.drivers.replace(board, devices);
        self.wiring.hub.share();
        over.send_replace(true);
    }

    fn running(&self, name: &str) -> Option<Arc<Supervisor>> {
        self.surroundings.drivers.get(name)?.ok()
    }

    fn release_slot(&self, supervisor: &Supervisor) {
        if let Some(slot) = &supervisor.supervised().usb {
            self.wiring.hub.remove_slot(slot);
        }
    }
}

/// The components of an edited board; each is looked at once.
struct Components<'a> {
    board: &'a OpenBoard,
    bring: &'a dyn BringComponents,
    brought: HashMap<ComponentName, LoadedComponent>,
    /// Of what was brought: the files that no app may have.
    files: Vec<(String, PathBuf)>,
}

impl Components<'_> {
    /// Finds out whose component is another one by now. With `all`, devices are replaced because of that; otherwise only
    /// those that are replaced anyway are looked at.
    async fn find_changed(&mut self, change: &mut BoardChange, all: bool) -> Result<(), HostError> {
        for (name, entry) in &change.board.devices {
            let (Some(driver), Some(running)) = (entry.named_driver(), self.board.running(name)) else { continue };
            let is_replaced = change.replaced.contains(name);
            if running.entry().driver != entry.driver || !(all || is_replaced) {
                continue;
            }
            if self.load(name, &driver).await?.key == running.driver().key() {
                continue;
            }
            change.components.push(name.clone());
            if !is_replaced {
                change.replaced.push(name.clone());
            }
        }
        for (name, app) in self.board.apps.iter().filter(|_| all) {
            let (place, Ok(app)) = (format!("apps.{name}"), app) else { continue };
            let Some(entry) = change.board.app(name).filter(|_| !change.later.contains(&place)) else { continue };
            if self.load(name, &entry.named_component()).await?.key != app.loaded().key {
                change.later.push(place);
            }
        }
        Ok(())
    }

    /// The component of an entry.
    async fn load(&mut self, entry: &str, name: &ComponentName) -> Result<LoadedComponent, HostError> {
        if let Some(brought) = self.brought.get(name) {
            return Ok(brought.clone());
        }
        let known = self.known(name);
        let brought = self.bring.bring(name, known.as_ref().map(|known| known.key.as_str())).await;
        let loaded = match (brought.map_err(|error| error.named(entry))?, known) {
            (Brought::Same, Some(known)) => known,
            (Brought::Same, None) => {
                let specifier = &name.specifier;
                return Err(HostError::component(format!("{entry}: {specifier} cannot be the same as nothing.")));
            }
            (Brought::Other { loaded, files }, _) => {
                for (what, path) in &files {
                    locked(&self.board.guard).judge_file(what, path).map_err(|error| error.named(entry))?;
                }
                self.files.extend(files);
                loaded
            }
        };
        self.brought.insert(name.clone(), loaded.clone());
        Ok(loaded)
    }

    /// The component that a driver or an app of the board was made of.
    fn known(&self, name: &ComponentName) -> Option<LoadedComponent> {
        let devices = self.board.surroundings.drivers.all();
        let running = devices.into_iter().filter_map(|(_, device)| device.ok());
        let mut drivers = running.filter(|running| running.entry().named_driver().as_ref() == Some(name));
        let mut apps = self.board.apps.iter().filter_map(|(_, app)| app.as_ref().ok());
        drivers
            .next()
            .map(|running| running.driver().loaded())
            .or_else(|| apps.find(|app| app.entry().named_component() == *name).map(App::loaded))
    }
}
