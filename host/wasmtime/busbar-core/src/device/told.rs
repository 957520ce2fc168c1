/// A value that a driver gave, whichever engine has it: nothing comes of one that has another form than it is read as.
pub trait Told<'a>: Copy {
    /// A field of a record.
    fn field(self, name: &str) -> Option<Self>;

    /// An unsigned integer.
    fn whole(self) -> Option<u64>;

    /// An f64.
    fn double(self) -> Option<f64>;

    /// A bool.
    fn truth(self) -> Option<bool>;

    /// A string.
    fn text(self) -> Option<&'a str>;

    /// The name of an enum's case.
    fn case(self) -> Option<&'a str>;

    /// How many elements a list has.
    fn length(self) -> Option<usize>;

    /// The elements of a list that is none of bytes.
    fn elements(self) -> Option<impl ExactSizeIterator<Item = Self>>;

    /// What an option has.
    fn option(self) -> Option<Option<Self>>;

    /// What a result has that is no error.
    fn given(self) -> Option<Self>;

    /// An unsigned integer of 32 bits or fewer.
    fn small(self) -> Option<u32> {
        u32::try_from(self.whole()?).ok()
    }

    /// The elements of a list, each read by `read`.
    fn all<T>(self, read: impl FnMut(Self) -> Option<T>) -> Option<Vec<T>> {
        self.elements()?.map(read).collect()
    }
}
