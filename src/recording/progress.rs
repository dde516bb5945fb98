//! How far a long read has come.

use std::io::{Read, Result, Seek, SeekFrom};

/// A reader that tells how many bytes have been read: put around a file, it shows the progress of any of the readers here, all of
/// which take what they read as they go. (A Parquet file has what its columns are at its end, so that this is read first.)
///
/// ```
/// use copeak::recording::{Progress, csv};
/// let text = "time_s,a_N\n0,1\n0.01,2\n";
/// let mut read = 0;
/// let trial = csv::read_from(Progress::new(text.as_bytes(), |bytes| read = bytes)).unwrap();
/// assert_eq!((trial.channels.len(), read), (1, text.len() as u64));
/// ```
#[derive(Debug, Clone)]
pub struct Progress<R, F> {
    reader: R,
    told: F,
    bytes: u64,
}

impl<R: Read, F: FnMut(u64)> Progress<R, F> {
    /// `told` gets the number of bytes read so far, after every part.
    pub fn new(reader: R, told: F) -> Self {
        Self { reader, told, bytes: 0 }
    }
}

impl<R: Read, F: FnMut(u64)> Read for Progress<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes += read as u64;
        if read > 0 {
            (self.told)(self.bytes);
        }
        Ok(read)
    }
}

impl<R: Seek, F> Seek for Progress<R, F> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.reader.seek(to)
    }
}
