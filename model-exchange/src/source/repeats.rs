//! Runs of calls that come again: blocks, and loops of them.
use std::collections::HashSet;

use super::text::Text;
use super::unit::{Block, Body};

pub fn shorten(body: Body, _blocks: &mut Vec<Block>, _bound: &HashSet<String>) -> Body {
    body
}

/// A block as it is written.
pub fn written(block: &Block, blocks: &[Block], reserved: &HashSet<String>) -> Vec<String> {
    let text = Text { blocks, reserved: reserved.clone() };
    text.body(&block.body, &[], 2)
}
