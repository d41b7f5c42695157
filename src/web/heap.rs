//! Room for the heap, taken in large pieces.
//!
//! The allocator asks the browser for 64 KiB whenever it runs out, and each time the browser's own garbage collector takes
//! that for a reason to run: a quarter of a long run's time. So where the memory has grown since somebody last looked,
//! a large block is taken and given back at once; the allocator keeps it for what follows.

use core::arch::wasm32::memory_size;
use std::cell::Cell;
use std::hint::black_box;

const PAGE: usize = 64 << 10;
/// At least and at most so much at once; between them an eighth of what there is.
const LEAST: usize = 1 << 20;
const MOST: usize = 32 << 20;

thread_local! {
    /// The memory's size in pages when somebody last looked.
    static SEEN: Cell<usize> = const { Cell::new(0) };
}

/// Takes room for what is coming, if the last room is used up.
pub fn make_room() {
    if memory_size::<0>() > SEEN.get() {
        let room = (memory_size::<0>() * PAGE / 8).clamp(LEAST, MOST);
        drop(black_box(Vec::<u8>::with_capacity(room)));
        SEEN.set(memory_size::<0>());
    }
}
