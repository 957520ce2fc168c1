/// Numbers that look random and are the same in each run (xorshift64*, Vigna 2016).
pub struct Random(u64);

impl Random {
    /// `seed` is anything but 0.
    pub fn new(seed: u64) -> Self {
        assert_ne!(seed, 0);
        Self(seed)
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// One of 0 to `count` - 1.
    pub fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).expect("at most 64 bits");
        usize::try_from((self.next() >> 11) % count).expect("less than count")
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub fn pick<Item: Clone>(&mut self, items: &[Item]) -> Item {
        items[self.below(items.len())].clone()
    }

    /// Up to `most` of what `make` makes.
    pub fn list<Item>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> Item) -> Vec<Item> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }
}
