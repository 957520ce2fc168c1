/// Things by the numbers that a guest's handles have for the host. There are no more than handles.
pub struct Slab<T> {
    things: Vec<Option<T>>,
    /// Places in `things` that are free.
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    /// An empty one.
    fn default() -> Self {
        Self { things: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Keeps a thing, and gives its number.
    pub fn add(&mut self, thing: T) -> u32 {
        if let Some(free) = self.free.pop() {
            self.things[free as usize] = Some(thing);
            return free;
        }
        self.things.push(Some(thing));
        // There are no more than handles.
        (self.things.len() - 1) as u32
    }

    /// The thing of a number.
    pub fn get(&self, number: u32) -> Option<&T> {
        self.things.get(number as usize)?.as_ref()
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.things.get_mut(number as usize)?.as_mut()
    }

    /// Gives the thing of a number back, whose handle is gone.
    pub fn take(&mut self, number: u32) -> Option<T> {
        let thing = self.things.get_mut(number as usize)?.take()?;
        self.free.push(number);
        Some(thing)
    }

    /// Gives all back that are left.
    pub fn take_all(&mut self) -> Vec<T> {
        self.free.clear();
        std::mem::take(&mut self.things).into_iter().flatten().collect()
    }
}
