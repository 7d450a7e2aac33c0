//! The hash functions that Keras sorts unknown tokens by.

mod farmhash;
mod siphash;

use model_core::arguments::{self, Argument};
use serde_json::Value;

/// The two numbers that [`Hashing`](super::Hashing) and lookups make their hash function another one by.
///
/// One number stands for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt([u64; 2]);

impl From<u64> for Salt {
    fn from(salt: u64) -> Self {
        Self([salt; 2])
    }
}

impl From<[u64; 2]> for Salt {
    fn from(salt: [u64; 2]) -> Self {
        Self(salt)
    }
}

impl Argument for Salt {
    const EXPECTED: &'static str = "a whole number from 0, or a list of two";
    const OR_NULL: &'static str = "a whole number from 0, a list of two, or null";

    fn write(&self) -> Value {
        self.0.to_vec().into()
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Array(_) => Some(Self(arguments::list(value)?.try_into().ok()?)),
            _ => u64::read(value).map(Self::from),
        }
    }
}

/// The bucket of some bytes, of so many: by SipHash where there is a salt, else by FarmHash, as `tf.strings.to_hash_bucket_strong` and
/// `to_hash_bucket_fast` have it.
pub(super) fn bucket(bytes: &[u8], buckets: u64, salt: Option<Salt>) -> u64 {
    salt.map_or_else(|| farmhash::fingerprint(bytes), |Salt(key)| siphash::hash(bytes, key)) % buckets
}
