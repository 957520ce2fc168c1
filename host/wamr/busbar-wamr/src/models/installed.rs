use super::ComponentModels;
use crate::components::find_flattened;
use busbar_core::cache::CodeFiles;
use busbar_core::clock::Clock;
use busbar_core::models::{GpioModelPart, MODELS_PACKAGE, ModelSource, ModelTarget, SpiModelTarget};
use std::path::Path;

/// The models of the package that is installed where a board is; it is loaded when the first of them is asked for.
pub struct BoardModels<'a> {
    folder: &'a Path,
    kept: &'a CodeFiles,
    clock: Clock,
    loaded: Option<ComponentModels>,
}

impl<'a> BoardModels<'a> {
    /// Looks for nothing yet. `folder` is that of the board file.
    pub fn new(folder: &'a Path, kept: &'a CodeFiles, clock: Clock) -> Self {
        Self { folder, kept, clock, loaded: None }
    }

    /// Those of the package, loaded.
    fn loaded(&mut self) -> Result<&mut ComponentModels, String> {
        let loaded = match self.loaded.take() {
            Some(loaded) => loaded,
            None => self.load()?,
        };
        Ok(self.loaded.insert(loaded))
    }

    fn load(&self) -> Result<ComponentModels, String> {
        let file = find_flattened(&MODELS_PACKAGE.into(), self.folder, self.kept).map_err(|error| {
            format!("This host itself has the model registers, and the others are in a package: {}", error.message)
        })?;
        ComponentModels::new(file, self.clock)
    }
}

impl ModelSource for BoardModels<'_> {
    fn create(&mut self, model: &str, parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        self.loaded()?.create(model, parameters)
    }

    fn create_spi(&mut self, model: &str, parameters: &str) -> Result<Box<dyn SpiModelTarget>, String> {
        self.loaded()?.create_spi(model, parameters)
    }

    fn create_gpio(&mut self, model: &str, lines: &[&str], parameters: &str) -> Result<Box<dyn GpioModelPart>, String> {
        self.loaded()?.create_gpio(model, lines, parameters)
    }

    fn clock(&self) -> Clock {
        self.clock
    }
}
