use super::{ComponentModels, MODELS_PACKAGE, ModelSource, ModelTarget};
use crate::clock::Clock;
use crate::components::{CodeStore, Compile, LoadedComponent, resolve_component};
use crate::engine::Machine;
use std::path::Path;

/// The models of the package that is installed where a board is; it is loaded when the first of them is asked for.
pub struct InstalledModels<'a> {
    pub machine: &'a Machine,
    /// The folder of the board file.
    pub folder: &'a Path,
    /// Where the code of components is.
    pub store: &'a CodeStore,
    /// Makes the code that is not there.
    pub compile: &'a Compile<'a>,
    pub clock: Clock,
    loaded: Option<ComponentModels>,
}

impl<'a> InstalledModels<'a> {
    /// Looks for nothing yet.
    pub fn new(
        machine: &'a Machine,
        folder: &'a Path,
        store: &'a CodeStore,
        compile: &'a Compile<'a>,
        clock: Clock,
    ) -> Self {
        Self { machine, folder, store, compile, clock, loaded: None }
    }

    fn load(&self) -> Result<ComponentModels, String> {
        let file = resolve_component(MODELS_PACKAGE, self.folder).map_err(|_| {
            format!(
                "This host itself has the model registers; the others are in the package {MODELS_PACKAGE}, which is not \
                 installed where the board file is: run \"npm install {MODELS_PACKAGE}\" there."
            )
        })?;
        let loaded = LoadedComponent::load(self.machine, MODELS_PACKAGE, &file, self.store, self.compile)
            .map_err(|error| error.message)?;
        ComponentModels::new(self.machine, &loaded, self.clock).map_err(|error| error.message)
    }
}

impl ModelSource for InstalledModels<'_> {
    fn create(&mut self, model: &str, parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        let models = match &mut self.loaded {
            Some(models) => models,
            None => {
                let loaded = self.load()?;
                self.loaded.insert(loaded)
            }
        };
        models.create(model, parameters)
    }
}

/// No models but the host's own.
pub struct NoModels;

impl ModelSource for NoModels {
    fn create(&mut self, _model: &str, _parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        Err("There is no such model here; choose registers.".to_owned())
    }
}
