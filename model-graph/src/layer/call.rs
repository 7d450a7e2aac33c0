//! What a call of a layer may say besides its tensors by position.

/// Tensors that a call may name besides those that it gives by position: `LSTM(64)(x, initial_state = [h, c])`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Keras's name.
    pub name: &'static str,
    /// What it takes, in words.
    pub expected: &'static str,
}

/// The most slots that a layer has.
pub const MOST_SLOTS: usize = 6;

/// What a call may ask for besides its tensors: `attention([x, x], use_causal_mask = true)`. It is false where a call says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Keras's name.
    pub name: &'static str,
    /// What it asks for, in words.
    pub expected: &'static str,
}

/// The most flags that a layer has.
pub const MOST_FLAGS: usize = 8;

/// How a layer is called: how many tensors each of its slots is given, which stand behind those by position, in the order of the slots; and
/// which of its flags are true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Manner {
    slots: [u8; MOST_SLOTS],
    /// A bit for each flag, the first one's the lowest.
    flags: u8,
    /// Whether it infers, even while the model trains.
    infers: bool,
    /// Whether it is called for each step of a sequence by itself.
    each_step: bool,
}

impl Manner {
    /// With so many tensors in each slot.
    #[must_use]
    pub const fn new(slots: [u8; MOST_SLOTS]) -> Self {
        Self { slots, flags: 0, infers: false, each_step: false }
    }

    /// The same with these flags, as [`flags`](Self::flags) gives them.
    #[must_use]
    pub const fn with_flags(self, flags: u8) -> Self {
        Self { flags, ..self }
    }

    /// The same with a flag of this value.
    #[must_use]
    pub const fn with_flag(self, flag: usize, value: bool) -> Self {
        let bit = Self::bit(flag);
        Self { flags: if value { self.flags | bit } else { self.flags & !bit }, ..self }
    }

    /// A bit for each flag, the first one's the lowest.
    #[must_use]
    pub const fn flags(self) -> u8 {
        self.flags
    }

    /// Whether a flag is true.
    #[must_use]
    pub const fn flag(self, flag: usize) -> bool {
        self.flags & Self::bit(flag) != 0
    }

    /// The same, which infers even while the model trains: `Dropout(0.5)(x, training = false)`.
    #[must_use]
    pub const fn inferring(self) -> Self {
        Self { infers: true, ..self }
    }

    /// Whether it infers, even while the model trains.
    #[must_use]
    pub const fn infers(self) -> bool {
        self.infers
    }

    /// The same for each step of a sequence by itself: `TimeDistributed(encoder)(x)`.
    #[must_use]
    pub const fn for_each_step(self) -> Self {
        Self { each_step: true, ..self }
    }

    /// Whether the layer is called for each step of a sequence by itself.
    #[must_use]
    pub const fn is_for_each_step(self) -> bool {
        self.each_step
    }

    /// How each step is called with, where it is for each.
    #[must_use]
    pub const fn of_one_step(self) -> Self {
        Self { each_step: false, ..self }
    }

    /// The same with as many tensors in each slot as another.
    #[must_use]
    pub const fn with_slots_of(self, other: Self) -> Self {
        Self { slots: other.slots, ..self }
    }

    const fn bit(flag: usize) -> u8 {
        if flag < MOST_FLAGS { 1 << flag } else { 0 }
    }

    /// A call's tensors as they stand, those by position and then those of slots, and its manner.
    #[must_use]
    pub fn arranged<X>(positional: Vec<X>, mut slots: Vec<(usize, Vec<X>)>) -> (Vec<X>, Self) {
        slots.sort_by_key(|(slot, _)| *slot);
        let (mut all, mut manner) = (positional, Self::default());
        for (slot, mut given) in slots {
            given.truncate(u8::MAX.into()); // so many fit no slot, which the call says
            if let (Some(count), Ok(found)) = (manner.slots.get_mut(slot), u8::try_from(given.len())) {
                *count = found;
            }
            all.extend(given);
        }
        (all, manner)
    }

    /// Whether no tensor is given by name.
    #[must_use]
    pub fn has_no_slots(self) -> bool {
        self.slots == [0; MOST_SLOTS]
    }

    /// With one tensor more in a slot.
    #[must_use]
    pub fn with_one(mut self, slot: usize) -> Self {
        if let Some(count) = self.slots.get_mut(slot) {
            *count = count.saturating_add(1);
        }
        self
    }

    /// So many tensors in each slot.
    #[must_use]
    pub const fn given(self) -> [u8; MOST_SLOTS] {
        self.slots
    }

    /// Whether all tensors are given by position, and nothing else is asked for.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }

    /// Which of all tensors of a call a slot is given.
    fn range(self, slot: usize, all: usize) -> std::ops::Range<usize> {
        let count = |slots: &[u8]| slots.iter().map(|&given| usize::from(given)).fold(0, usize::saturating_add);
        let (before, own) = (self.slots.get(..slot).unwrap_or_default(), self.slots.get(slot).copied().unwrap_or_default());
        let start = all.saturating_sub(count(&self.slots)).saturating_add(count(before));
        start..start.saturating_add(usize::from(own))
    }

    /// Of what belongs to all tensors of a call, that of those by position.
    #[must_use]
    pub fn positional<X>(self, all: &[X]) -> &[X] {
        all.get(..self.range(0, all.len()).start).unwrap_or_default()
    }

    /// Of what belongs to all tensors of a call, that of a slot.
    #[must_use]
    pub fn slot<X>(self, slot: usize, all: &[X]) -> &[X] {
        all.get(self.range(slot, all.len())).unwrap_or_default()
    }

    /// The same, to be changed.
    pub fn slot_mut<X>(self, slot: usize, all: &mut [X]) -> &mut [X] {
        let range = self.range(slot, all.len());
        all.get_mut(range).unwrap_or_default()
    }

    /// Where the tensors of a slot begin among all of a call.
    #[must_use]
    pub fn start(self, slot: usize, all: usize) -> usize {
        self.range(slot, all).start
    }
}
