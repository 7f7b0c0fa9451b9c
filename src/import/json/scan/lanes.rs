//! Sixteen bytes at a time: SSE2 on x86-64, simd128 on wasm32 if it is built with that, plain integers elsewhere.

/// How many bytes are compared at once.
pub(super) const N_LANES: usize = 16;

/// Sixteen bytes, or the result of comparing them: of that only the top bit of each byte counts.
pub(super) trait Lanes: Copy {
    /// The bytes themselves.
    fn load(bytes: &[u8; N_LANES]) -> Self;

    /// All bytes the same.
    fn splat(byte: u8) -> Self;

    /// Which bytes are `byte`, which is ASCII.
    fn equal(self, byte: u8) -> Self;

    /// Which bytes are `most`, which is ASCII, or less.
    fn at_most(self, most: u8) -> Self;

    /// All bytes less `byte`, which is ASCII; what would be below 0 starts again at 255.
    fn minus(self, byte: u8) -> Self;

    /// What is in both.
    fn and(self, other: Self) -> Self;

    /// What is in either. Together with the bytes themselves: which are beyond ASCII, too.
    fn or(self, other: Self) -> Self;

    /// The top bits of all bytes; the first byte's is the least significant.
    fn bits(self) -> u32;
}

#[cfg(target_arch = "x86_64")]
pub(super) type Native = Sse2;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) type Native = Simd128;
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
pub(super) type Native = Portable;

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(super) struct Sse2(__m128i);

#[cfg(target_arch = "x86_64")]
impl Lanes for Sse2 {
    #[inline(always)]
    fn load(bytes: &[u8; N_LANES]) -> Self {
        // SAFETY: The sixteen bytes can be read, this load needs no alignment, and every x86-64 has SSE2.
        Self(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn splat(byte: u8) -> Self {
        // SAFETY: Every x86-64 has SSE2.
        Self(unsafe { _mm_set1_epi8(byte.cast_signed()) })
    }

    #[inline(always)]
    fn minus(self, byte: u8) -> Self {
        // SAFETY: Every x86-64 has SSE2.
        Self(unsafe { _mm_sub_epi8(self.0, Self::splat(byte).0) })
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> Self {
        // SAFETY: Every x86-64 has SSE2.
        Self(unsafe { _mm_cmpeq_epi8(self.0, Self::splat(byte).0) })
    }

    #[inline(always)]
    fn at_most(self, most: u8) -> Self {
        // SAFETY: Every x86-64 has SSE2.
        Self(unsafe { _mm_cmpeq_epi8(self.0, _mm_min_epu8(self.0, Self::splat(most).0)) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: Every x86-64 has SSE2.
        Self(unsafe { _mm_and_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: Every x86-64 has SSE2.
        Self(unsafe { _mm_or_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        // SAFETY: Every x86-64 has SSE2.
        unsafe { _mm_movemask_epi8(self.0) }.cast_unsigned()
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use std::arch::wasm32::*;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[derive(Clone, Copy)]
pub(super) struct Simd128(v128);

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
impl Lanes for Simd128 {
    #[inline(always)]
    fn load(bytes: &[u8; N_LANES]) -> Self {
        // SAFETY: The sixteen bytes can be read, and this load needs no alignment.
        Self(unsafe { v128_load(bytes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn splat(byte: u8) -> Self {
        Self(u8x16_splat(byte))
    }

    #[inline(always)]
    fn minus(self, byte: u8) -> Self {
        Self(u8x16_sub(self.0, u8x16_splat(byte)))
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> Self {
        Self(u8x16_eq(self.0, u8x16_splat(byte)))
    }

    #[inline(always)]
    fn at_most(self, most: u8) -> Self {
        Self(u8x16_le(self.0, u8x16_splat(most)))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self(v128_and(self.0, other.0))
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(v128_or(self.0, other.0))
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        u32::from(u8x16_bitmask(self.0))
    }
}

/// Two words of eight bytes each.
#[cfg(any(test, not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))))]
#[derive(Clone, Copy)]
pub(super) struct Portable([u64; 2]);

#[cfg(any(test, not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))))]
impl Portable {
    /// A word of eight times `byte`.
    const fn word(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
}

#[cfg(any(test, not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))))]
impl Lanes for Portable {
    #[inline(always)]
    fn load(bytes: &[u8; N_LANES]) -> Self {
        let words = u128::from_le_bytes(*bytes);
        Self([words as u64, (words >> 64) as u64])
    }

    #[inline(always)]
    fn splat(byte: u8) -> Self {
        Self([Self::word(byte); 2])
    }

    #[inline(always)]
    fn minus(self, byte: u8) -> Self {
        // With the top bits set nothing is borrowed from the next byte; then they are put right.
        let less = Self::word(byte);
        let top = Self::word(0x80);
        Self(self.0.map(|word| ((word | top) - less) ^ (!word & top)))
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> Self {
        Self(self.0.map(|word| word ^ Self::word(byte))).at_most(0)
    }

    #[inline(always)]
    fn at_most(self, most: u8) -> Self {
        // Adding to the low seven bits carries into the top bit, and never further, where they are more than `most`.
        let carry = Self::word(0x7f_u8.saturating_sub(most));
        Self(self.0.map(|word| !(((word & Self::word(0x7f)) + carry) | word)))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        Self([a & c, b & d])
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        Self([a | c, b | d])
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        // The product moves the eight top bits next to each other, into the topmost byte.
        let [low, high] = self.0.map(|word| ((word >> 7) & Self::word(1)).wrapping_mul(0x0102_0408_1020_4080) >> 56);
        (low | high << 8) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_kinds_agree(bytes: [u8; N_LANES], byte in 0_u8..128) {
            let (native, portable) = (Native::load(&bytes), Portable::load(&bytes));
            let bits = |is_wanted: fn(u8, u8) -> bool| {
                (0..).zip(bytes).map(|(at, it)| u32::from(is_wanted(it, byte)) << at).sum::<u32>()
            };
            let expected = [
                bits(|it, _| 128 <= it),
                bits(|it, byte| it == byte),
                bits(|it, byte| it <= byte),
                bits(|it, byte| it == byte || 128 <= it),
                bits(|it, byte| it.wrapping_sub(byte) <= 10),
                bits(|it, byte| it == byte && it <= b'a'),
            ];
            prop_assert_eq!(all(native, byte), expected);
            prop_assert_eq!(all(portable, byte), expected);
        }
    }

    fn all(lanes: impl Lanes, byte: u8) -> [u32; 6] {
        let is_byte = lanes.equal(byte);
        let both = is_byte.and(lanes.at_most(b'a'));
        [lanes, is_byte, lanes.at_most(byte), is_byte.or(lanes), lanes.minus(byte).at_most(10), both].map(Lanes::bits)
    }
}
