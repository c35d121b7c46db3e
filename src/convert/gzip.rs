//! The way out of CSV blocks: [`GzipWriter`], plain or as one gzip member, in parts where a limit asks for them.
//!
//! A member is stitched from blocks that are compressed independently (raw deflate, each ended by an empty stored
//! block), their checksums combined: every decoder reads it, and all cores share the work. Blocks end at rows, so a part can be
//! closed after any of them. The same rows give the same bytes whatever the number of threads.
//! RFC 1951 and 1952.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use libdeflater::{CompressionLvl, Compressor};

use super::csv::CsvBlock;
use super::deflate_tail::{HuffmanTables, open_end};

/// FLG 0, MTIME 0, XFL 0, OS 255 (unknown): nothing that differs from machine to machine.
const MEMBER_HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
/// A final deflate block without data.
const FINAL_BLOCK: [u8; 2] = [0x03, 0x00];
/// CRC-32 and length.
const TRAILER: u64 = 8;
/// How many bytes of CSV make a block for compression.
const GZIP_BLOCK: usize = 1 << 20;
/// How many bytes of CSV are written at once without compression.
const PLAIN_BLOCK: usize = 128 << 10;

/// Where the output goes: one or more parts, each a whole file.
pub trait PartSink {
    /// Begins the next part; called before the first byte of each, the first included.
    ///
    /// # Errors
    /// Those of the destination.
    fn next_part(&mut self) -> io::Result<()>;

    /// Appends to the current part.
    ///
    /// # Errors
    /// Those of the destination.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// A block after compression, or as it is.
struct Chunk {
    bytes: Vec<u8>,
    crc: crc32fast::Hasher,
    /// The block's buffer, to be used again.
    spent: CsvBlock,
}

/// Receives blocks of whole rows and writes them in order.
pub(crate) struct GzipWriter<'a> {
    sink: &'a mut dyn PartSink,
    /// The largest part, in bytes.
    limit: u64,
    gzip: Option<Gzip>,
    head: Head,
    part_bytes: u64,
    part_has_rows: bool,
    /// Checksum and length of the part before compression.
    crc: crc32fast::Hasher,
    part_text: u64,
}

/// The header row, repeated at the start of each part.
enum Head {
    Awaited,
    Known(Chunk),
}

struct Gzip {
    level: u8,
    inline: Deflater,
    workers: Vec<Worker>,
    sent: usize,
    received: usize,
}

struct Worker {
    jobs: Option<SyncSender<CsvBlock>>,
    results: Receiver<io::Result<Chunk>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl<'a> GzipWriter<'a> {
    /// `level` is that of gzip, none for plain CSV.
    pub(crate) fn new(sink: &'a mut dyn PartSink, level: Option<u8>, limit: Option<u64>) -> Self {
        let gzip = level.map(|level| Gzip {
            level,
            inline: Deflater::new(level),
            workers: Vec::new(),
            sent: 0,
            received: 0,
        });
        Self {
            sink,
            limit: limit.unwrap_or(u64::MAX),
            gzip,
            head: Head::Awaited,
            part_bytes: 0,
            part_has_rows: false,
            crc: crc32fast::Hasher::new(),
            part_text: 0,
        }
    }

    /// How large a block should grow before it is submitted.
    pub(crate) fn block_size(&self) -> usize {
        if self.gzip.is_some() { GZIP_BLOCK } else { PLAIN_BLOCK }
    }

    /// Takes the header row; first of all.
    pub(crate) fn head(&mut self, block: CsvBlock) -> io::Result<CsvBlock> {
        let chunk = match &mut self.gzip {
            Some(gzip) => gzip.inline.compress(block)?,
            None => plain(block),
        };
        self.head = Head::Known(chunk);
        self.begin_part()?;
        Ok(CsvBlock::default())
    }

    /// Takes a block of whole rows and returns an empty one.
    pub(crate) fn submit(&mut self, block: CsvBlock) -> io::Result<CsvBlock> {
        let Some(gzip) = &mut self.gzip else {
            let chunk = plain(block);
            return self.append(chunk);
        };
        gzip.start_workers()?;
        let ahead = gzip.workers.len() * 2;
        let free = if gzip.sent - gzip.received >= ahead {
            let chunk = gzip.receive()?;
            self.append(chunk)?
        } else {
            CsvBlock::default()
        };
        if let Some(gzip) = &mut self.gzip {
            gzip.send(block)?;
        }
        Ok(free)
    }

    /// Takes the last rows, which may be none, and closes the last part.
    pub(crate) fn finish(mut self, last: CsvBlock) -> io::Result<()> {
        while let Some(gzip) = self.gzip.as_mut().filter(|gzip| gzip.received < gzip.sent) {
            let chunk = gzip.receive()?;
            self.append(chunk)?;
        }
        if last.len() > 0 {
            // A table of one block, which most are, needs no thread.
            let chunk = match &mut self.gzip {
                Some(gzip) => gzip.inline.compress(last)?,
                None => plain(last),
            };
            self.append(chunk)?;
        }
        self.end_part()
    }

    fn append(&mut self, chunk: Chunk) -> io::Result<CsvBlock> {
        let bytes = chunk.output();
        let end = if self.gzip.is_some() { FINAL_BLOCK.len() as u64 + TRAILER } else { 0 };
        if self.part_has_rows && self.part_bytes + bytes.len() as u64 + end > self.limit {
            self.end_part()?;
            self.begin_part()?;
        }
        self.sink.write_all(bytes)?;
        self.part_bytes += bytes.len() as u64;
        self.part_has_rows = true;
        self.crc.combine(&chunk.crc);
        self.part_text += chunk.spent.len() as u64;
        let mut spent = chunk.spent;
        spent.clear();
        Ok(spent)
    }

    fn begin_part(&mut self) -> io::Result<()> {
        self.sink.next_part()?;
        self.part_bytes = 0;
        self.part_has_rows = false;
        self.crc = crc32fast::Hasher::new();
        self.part_text = 0;
        if self.gzip.is_some() {
            self.sink.write_all(&MEMBER_HEADER)?;
            self.part_bytes += MEMBER_HEADER.len() as u64;
        }
        if let Head::Known(head) = &self.head {
            self.sink.write_all(head.output())?;
            self.part_bytes += head.output().len() as u64;
            self.crc.combine(&head.crc);
            self.part_text += head.spent.len() as u64;
        }
        Ok(())
    }

    fn end_part(&mut self) -> io::Result<()> {
        if self.gzip.is_none() {
            return Ok(());
        }
        let length = self.part_text as u32;
        let crc = std::mem::take(&mut self.crc).finalize();
        self.sink.write_all(&FINAL_BLOCK)?;
        self.sink.write_all(&crc.to_le_bytes())?;
        self.sink.write_all(&length.to_le_bytes())
    }
}

impl Chunk {
    fn output(&self) -> &[u8] {
        if self.bytes.is_empty() { self.spent.as_slice() } else { &self.bytes }
    }
}

fn plain(block: CsvBlock) -> Chunk {
    Chunk { bytes: Vec::new(), crc: crc32fast::Hasher::new(), spent: block }
}

impl Gzip {
    fn start_workers(&mut self) -> io::Result<()> {
        if !self.workers.is_empty() {
            return Ok(());
        }
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        for _ in 0..cores {
            let (jobs, job) = sync_channel::<CsvBlock>(2);
            let (result, results) = sync_channel(2);
            let mut deflater = Deflater::new(self.level);
            let thread = thread::Builder::new().name("deflate".to_owned()).spawn(move || {
                for block in job {
                    if result.send(deflater.compress(block)).is_err() {
                        return;
                    }
                }
            })?;
            self.workers.push(Worker { jobs: Some(jobs), results, thread: Some(thread) });
        }
        Ok(())
    }

    /// Blocks go to the workers in turn, so their results come back in order.
    fn send(&mut self, block: CsvBlock) -> io::Result<()> {
        let worker = self.sent % self.workers.len();
        let sent = self.workers[worker].jobs.as_ref().is_some_and(|jobs| jobs.send(block).is_ok());
        self.sent += 1;
        if sent { Ok(()) } else { Err(io::Error::other("a compressing thread has ended")) }
    }

    fn receive(&mut self) -> io::Result<Chunk> {
        let worker = self.received % self.workers.len();
        self.received += 1;
        self.workers[worker].results.recv().map_err(|_| io::Error::other("a compressing thread has ended"))?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        // A worker may wait to hand over a result: take what is left until it hangs up.
        while self.results.recv().is_ok() {}
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Deflater {
    compressor: Compressor,
    tables: HuffmanTables,
}

impl Deflater {
    fn new(level: u8) -> Self {
        let level = CompressionLvl::new(i32::from(level.clamp(1, 9))).unwrap_or_default();
        Self { compressor: Compressor::new(level), tables: HuffmanTables::default() }
    }

    fn compress(&mut self, block: CsvBlock) -> io::Result<Chunk> {
        let input = block.as_slice();
        let mut bytes = vec![0; self.compressor.deflate_compress_bound(input.len())];
        let length = self.compressor.deflate_compress(input, &mut bytes).map_err(io::Error::other)?;
        bytes.truncate(length);
        open_end(&mut bytes, &mut self.tables).map_err(|_| io::Error::other("deflate made no deflate"))?;
        let mut crc = crc32fast::Hasher::new();
        crc.update(input);
        Ok(Chunk { bytes, crc, spent: block })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[derive(Default)]
    struct Parts(Vec<Vec<u8>>);

    impl PartSink for Parts {
        fn next_part(&mut self) -> io::Result<()> {
            self.0.push(Vec::new());
            Ok(())
        }
        fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.0.last_mut().unwrap().extend_from_slice(bytes);
            Ok(())
        }
    }

    fn block(text: &str) -> CsvBlock {
        let mut block = CsvBlock::default();
        block.put(text.as_bytes());
        block
    }

    fn write(level: Option<u8>, limit: Option<u64>, blocks: &[String]) -> Vec<Vec<u8>> {
        let mut parts = Parts::default();
        let mut writer = GzipWriter::new(&mut parts, level, limit);
        writer.head(block("A,B\n")).unwrap();
        for text in blocks {
            writer.submit(block(text)).unwrap();
        }
        writer.finish(block("last,row\n")).unwrap();
        parts.0
    }

    /// Reads exactly one member, as strict decoders do.
    fn one_member(bytes: &[u8]) -> String {
        let mut decoder = flate2::bufread::GzDecoder::new(bytes);
        let mut text = String::new();
        decoder.read_to_string(&mut text).unwrap();
        assert!(decoder.into_inner().is_empty(), "bytes after the member");
        text
    }

    fn rows(blocks: usize) -> Vec<String> {
        (0..blocks)
            .map(|n| {
                (0..500)
                    .map(|row| [n, row * 7919 % 1000])
                    .fold(String::new(), |rows, [a, b]| rows + &format!("{a},{b}\n"))
            })
            .collect()
    }

    #[test]
    fn many_blocks_are_one_member() {
        let blocks = rows(20);
        let parts = write(Some(6), None, &blocks);
        assert_eq!(parts.len(), 1);
        assert_eq!(one_member(&parts[0]), format!("A,B\n{}last,row\n", blocks.concat()));
        assert_eq!(parts, write(Some(6), None, &blocks), "the same input gives the same bytes");
        assert_eq!(write(None, None, &blocks)[0], format!("A,B\n{}last,row\n", blocks.concat()).as_bytes());
    }

    #[test]
    fn parts_keep_the_limit_and_repeat_the_header() {
        let blocks = rows(20);
        for (level, limit) in [(Some(6), 6000), (None, 9000)] {
            let parts = write(level, Some(limit), &blocks);
            assert!(parts.len() > 2, "{}", parts.len());
            let mut all = String::new();
            for part in &parts {
                assert!(part.len() as u64 <= limit);
                let text =
                    if level.is_some() { one_member(part) } else { String::from_utf8(part.clone()).unwrap() };
                all.push_str(text.strip_prefix("A,B\n").unwrap());
            }
            assert_eq!(all, format!("{}last,row\n", blocks.concat()));
        }
    }

    #[test]
    fn incompressible_blocks_pass_whole() {
        let mut random = fastrand::Rng::with_seed(7);
        let noise: String = (0..3_000_000).map(|_| random.alphanumeric()).collect();
        let parts = write(Some(1), None, std::slice::from_ref(&noise));
        assert_eq!(one_member(&parts[0]), format!("A,B\n{noise}last,row\n"));
    }

    #[test]
    fn a_failing_sink_ends_the_threads() {
        struct Full(u32);
        impl PartSink for Full {
            fn next_part(&mut self) -> io::Result<()> {
                Ok(())
            }
            fn write_all(&mut self, _: &[u8]) -> io::Result<()> {
                self.0 += 1;
                if self.0 > 4 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
            }
        }
        let mut sink = Full(0);
        let mut writer = GzipWriter::new(&mut sink, Some(6), None);
        writer.head(block("A\n")).unwrap();
        let failed = (0..50).find_map(|_| writer.submit(block("1\n")).err());
        assert_eq!(failed.map(|error| error.kind()), Some(io::ErrorKind::StorageFull));
    }
}
