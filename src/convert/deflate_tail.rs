//! The end of a raw deflate stream: [`open_end`] turns a finished stream into one that another can follow.
//!
//! libdeflate compresses better and faster than the libraries that can flush, but marks the last block of each stream
//! as final. This walks the stream's symbols without decoding them, clears that mark and appends an empty stored block,
//! as a sync flush would have done. RFC 1951. It must not change what the stream decodes to.

/// The longest code of deflate, in bits.
const LONGEST: usize = 15;
/// In a table entry: the symbol is a length, which a distance follows.
const MATCH: u8 = 0x80;
/// In a table entry: the symbol ends the block.
const END: u8 = 0x40;
/// In a table entry: how many bits the code and its extra bits take; 0 for no code.
const BITS: u8 = 0x3F;

/// Lengths of the code length code stand in this order.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The stream is not deflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotDeflate;

/// Clears the final mark of a whole raw deflate stream and aligns its end to a byte, so that more blocks can follow.
pub(crate) fn open_end(stream: &mut Vec<u8>, tables: &mut HuffmanTables) -> Result<(), NotDeflate> {
    let (mark, end) = find_end(stream, tables)?;
    stream.truncate(end.div_ceil(8));
    stream[mark / 8] &= !(1 << (mark % 8));
    let used = end % 8;
    if used > 0
        && let Some(last) = stream.last_mut()
    {
        *last &= (1 << used) - 1;
    }
    // The header of a stored block: three zero bits, then zeros up to the next byte.
    if used == 0 || used > 5 {
        stream.push(0);
    }
    stream.extend_from_slice(&[0x00, 0x00, 0xFF, 0xFF]);
    Ok(())
}

/// The tables of a walk, kept for the next one.
#[derive(Default)]
pub(crate) struct HuffmanTables {
    literals: HuffmanTable,
    distances: HuffmanTable,
}

/// Where the final mark is and where the last block ends, in bits.
fn find_end(stream: &[u8], tables: &mut HuffmanTables) -> Result<(usize, usize), NotDeflate> {
    let mut bits = Bits { stream, at: 0, buffer: 0, count: 0 };
    loop {
        let mark = bits.position();
        bits.refill();
        let last = bits.take(1) == 1;
        match bits.take(2) {
            0 => {
                bits.skip_to_byte();
                bits.refill();
                let length = bits.take(16);
                if length ^ bits.take(16) != 0xFFFF {
                    return Err(NotDeflate);
                }
                bits.skip_bytes(length as usize);
            }
            1 => {
                tables.fixed()?;
                walk(&mut bits, tables)?;
            }
            2 => {
                tables.dynamic(&mut bits)?;
                walk(&mut bits, tables)?;
            }
            _ => return Err(NotDeflate),
        }
        let end = bits.position();
        if end > stream.len() * 8 {
            return Err(NotDeflate);
        }
        if last {
            return Ok((mark, end));
        }
    }
}

/// Passes over the symbols of a block.
fn walk(bits: &mut Bits, tables: &HuffmanTables) -> Result<(), NotDeflate> {
    loop {
        if bits.at > bits.stream.len() + 8 {
            return Err(NotDeflate);
        }
        bits.refill();
        // A length and its distance take 48 bits at most, and a refill gives 56.
        let mut entry = tables.literals.entry(bits.buffer);
        bits.drop(entry & BITS);
        if entry & (MATCH | END) == 0 && bits.count >= 48 {
            entry = tables.literals.entry(bits.buffer);
            bits.drop(entry & BITS);
        }
        if entry & MATCH != 0 {
            let distance = tables.distances.entry(bits.buffer);
            if distance == 0 {
                return Err(NotDeflate);
            }
            bits.drop(distance);
        } else if entry & END != 0 {
            return Ok(());
        } else if entry == 0 {
            return Err(NotDeflate);
        }
    }
}

impl HuffmanTables {
    fn fixed(&mut self) -> Result<(), NotDeflate> {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.literals.build(&lengths, literal)?;
        self.distances.build(&[5; 30], distance)
    }

    fn dynamic(&mut self, bits: &mut Bits) -> Result<(), NotDeflate> {
        let literals = 257 + bits.take(5) as usize;
        let distances = 1 + bits.take(5) as usize;
        let codes = 4 + bits.take(4) as usize;
        let mut lengths = [0; 19];
        for &symbol in &ORDER[..codes] {
            bits.refill();
            lengths[symbol] = bits.take(3) as u8;
        }
        let mut code = HuffmanCode::default();
        code.build(&lengths)?;
        let mut all = [0; 288 + 32];
        let mut at = 0;
        while at < literals + distances {
            bits.refill();
            let (symbol, length) = code.symbol(bits.buffer)?;
            bits.drop(length);
            let (value, times) = match symbol {
                16 => (*all.get(at.wrapping_sub(1)).ok_or(NotDeflate)?, 3 + bits.take(2) as usize),
                17 => (0, 3 + bits.take(3) as usize),
                18 => (0, 11 + bits.take(7) as usize),
                length => (length, 1),
            };
            all.get_mut(at..at + times).ok_or(NotDeflate)?.fill(value);
            at += times;
        }
        if at > literals + distances {
            return Err(NotDeflate);
        }
        self.literals.build(&all[..literals], literal)?;
        self.distances.build(&all[literals..at], distance)
    }
}

/// Returns the extra bits after a literal or length symbol, marked as a match or the end.
fn literal(symbol: usize) -> Option<u8> {
    match symbol {
        0..=255 => Some(0),
        256 => Some(END),
        257..=264 | 285 => Some(MATCH),
        265..=284 => Some(MATCH | ((symbol - 261) / 4) as u8),
        _ => None,
    }
}

/// How many extra bits follow a distance symbol.
fn distance(symbol: usize) -> Option<u8> {
    match symbol {
        0..=3 => Some(0),
        4..=29 => Some(((symbol - 2) / 2) as u8),
        _ => None,
    }
}

/// From the next bits to what they take.
#[derive(Default)]
struct HuffmanTable {
    entries: Vec<u8>,
}

impl HuffmanTable {
    fn build(&mut self, lengths: &[u8], follows: impl Fn(usize) -> Option<u8>) -> Result<(), NotDeflate> {
        let longest = usize::from(lengths.iter().copied().max().unwrap_or(0));
        self.entries.clear();
        self.entries.resize(1 << longest, 0);
        each_code(lengths, |symbol, code, length| {
            // Codes of unused symbols may exist; meeting one is an error.
            if let Some(follows) = follows(symbol) {
                let step = 1 << length;
                self.entries.iter_mut().skip(code).step_by(step).for_each(|entry| *entry = follows + length);
            }
        })
    }

    fn entry(&self, buffer: u64) -> u8 {
        // The length is a power of two.
        self.entries[buffer as usize & (self.entries.len() - 1)]
    }
}

/// The code length code: from the next 7 bits to a symbol and its length.
#[derive(Default)]
struct HuffmanCode {
    entries: Vec<(u8, u8)>,
}

impl HuffmanCode {
    fn build(&mut self, lengths: &[u8]) -> Result<(), NotDeflate> {
        self.entries.resize(128, (0, 0));
        each_code(lengths, |symbol, code, length| {
            let step = 1 << length;
            self.entries
                .iter_mut()
                .skip(code)
                .step_by(step)
                .for_each(|entry| *entry = (symbol as u8, length));
        })
    }

    fn symbol(&self, buffer: u64) -> Result<(u8, u8), NotDeflate> {
        let entry = self.entries[buffer as usize & 127];
        if entry.1 == 0 { Err(NotDeflate) } else { Ok(entry) }
    }
}

/// Assigns the canonical codes of RFC 1951 section 3.2.2: symbol, code with its first bit lowest, length.
fn each_code(lengths: &[u8], mut each: impl FnMut(usize, usize, u8)) -> Result<(), NotDeflate> {
    let mut counts = [0u32; LONGEST + 1];
    for &length in lengths {
        *counts.get_mut(usize::from(length)).ok_or(NotDeflate)? += 1;
    }
    counts[0] = 0;
    let mut next = [0u32; LONGEST + 1];
    for length in 1..=LONGEST {
        next[length] = (next[length - 1] + counts[length - 1]) << 1;
        if next[length] + counts[length] > 1 << length {
            return Err(NotDeflate);
        }
    }
    for (symbol, &length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
        let code = next[usize::from(length)];
        next[usize::from(length)] += 1;
        each(symbol, (code.reverse_bits() >> (32 - u32::from(length))) as usize, length);
    }
    Ok(())
}

/// A reader of bits, lowest first. Past the end it reads zeros.
struct Bits<'a> {
    stream: &'a [u8],
    /// The next byte to load.
    at: usize,
    buffer: u64,
    count: u32,
}

impl Bits<'_> {
    /// Makes at least 56 bits available.
    fn refill(&mut self) {
        if let Some(eight) = self.stream.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            self.buffer |= u64::from_le_bytes(*eight) << self.count;
            let bytes = (63 - self.count) >> 3;
            self.at += bytes as usize;
            self.count += bytes * 8;
        } else {
            while self.count <= 56 {
                self.buffer |= u64::from(self.stream.get(self.at).copied().unwrap_or(0)) << self.count;
                self.at += 1;
                self.count += 8;
            }
        }
    }

    fn drop(&mut self, bits: u8) {
        self.buffer >>= bits;
        self.count -= u32::from(bits);
    }

    fn take(&mut self, bits: u8) -> u32 {
        let value = (self.buffer & ((1 << bits) - 1)) as u32;
        self.drop(bits);
        value
    }

    fn position(&self) -> usize {
        self.at * 8 - self.count as usize
    }

    fn skip_to_byte(&mut self) {
        self.drop((self.count % 8) as u8);
    }

    /// Passes over whole bytes, from a byte's border.
    fn skip_bytes(&mut self, bytes: usize) {
        self.at = self.position() / 8 + bytes;
        self.buffer = 0;
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use libdeflater::{CompressionLvl, Compressor};
    use proptest::prelude::*;

    use super::*;

    fn compress(data: &[u8], level: i32) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::new(level).unwrap());
        let mut out = vec![0; compressor.deflate_compress_bound(data.len())];
        let length = compressor.deflate_compress(data, &mut out).unwrap();
        out.truncate(length);
        out
    }

    /// Several streams joined into one and closed.
    fn join(pieces: &[Vec<u8>], level: i32) -> Vec<u8> {
        let mut tables = HuffmanTables::default();
        let mut joined = Vec::new();
        for piece in pieces {
            let mut stream = compress(piece, level);
            open_end(&mut stream, &mut tables).unwrap();
            joined.extend_from_slice(&stream);
        }
        joined.extend_from_slice(&[0x03, 0x00]);
        joined
    }

    fn inflate(stream: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::DeflateDecoder::new(stream).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn large_streams_of_every_level_join() {
        let mut random = fastrand::Rng::with_seed(3);
        let text: Vec<u8> = (0..400_000)
            .map(|n| if n % 3 == 0 { random.u8(b'a'..=b'p') } else { (n / 7 % 60) as u8 })
            .collect();
        let noise: Vec<u8> = (0..150_000).map(|_| random.u8(..)).collect();
        for level in 1..=12 {
            let pieces = [text.clone(), noise.clone(), b"tail".to_vec(), vec![b' '; 100_000]];
            assert_eq!(inflate(&join(&pieces, level)), pieces.concat(), "level {level}");
        }
    }

    #[test]
    fn what_is_no_deflate_is_refused() {
        let mut tables = HuffmanTables::default();
        for nonsense in
            [&b""[..], b"\x07", b"\x05", b"\x01\x05\x00\x00\x00", b"\x01\x05\x00\xfa\xff", b"\x03"]
        {
            assert_eq!(open_end(&mut nonsense.to_vec(), &mut tables), Err(NotDeflate), "{nonsense:?}");
        }
    }

    proptest! {
        #[test]
        fn small_streams_join(pieces in prop::collection::vec(prop::collection::vec(97u8..105, 1..400), 1..8), level in 1i32..=12) {
            prop_assert_eq!(inflate(&join(&pieces, level)), pieces.concat());
        }

        #[test]
        fn any_bytes_are_survived(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = open_end(&mut bytes, &mut HuffmanTables::default());
        }
    }
}
