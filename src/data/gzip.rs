//! Gzip (RFC 1952) from untrusted bytes. The caller says how long the content is, so a bomb is stopped where it exceeds that, and no
//! memory is taken that the input could not fill. One member; bytes after it are ignored, as `gzip` does.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::error::{Error, Result};

/// Deflate's best: two bits for a copy of 258 bytes.
const MAX_RATIO: usize = 1032;

/// Whether `bytes` begin as a gzip file does.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The first `len` bytes of the content of the file `name`, or all of it where it is shorter. No check sum covers a beginning.
pub fn beginning(name: &str, bytes: &[u8], len: usize) -> Result<Vec<u8>> {
    let deflated = deflated(name, bytes)?;
    let mut content = vec![0; len];
    let (status, _, written) = step(deflated, &mut content);
    match status {
        TINFLStatus::Done | TINFLStatus::HasMoreOutput => content.truncate(written),
        status => return Err(failure(name, status)),
    }
    Ok(content)
}

/// The content of the file `name`, which is exactly `len` bytes long, checked against its CRC-32 and recorded length.
pub fn inflate(name: &str, bytes: &[u8], len: usize) -> Result<Vec<u8>> {
    let deflated = deflated(name, bytes)?;
    if len / MAX_RATIO > deflated.len() {
        let message = format!("announces {len} bytes of content, more than {} packed bytes can hold", bytes.len());
        return Err(Error::data(name, message));
    }
    let mut content = vec![0; len];
    let (status, read, written) = step(deflated, &mut content);
    match status {
        TINFLStatus::Done if written == len => {}
        TINFLStatus::Done => return Err(Error::data(name, format!("ends after {written} of {len} announced bytes of content"))),
        TINFLStatus::HasMoreOutput => return Err(Error::data(name, format!("unpacks to more than the {len} bytes it announces"))),
        status => return Err(failure(name, status)),
    }
    let word = |at: usize| deflated.get(read + at..read + at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let (Some(check), Some(size)) = (word(0), word(4)) else { return Err(failure(name, TINFLStatus::FailedCannotMakeProgress)) };
    if check != crc32(&content) || size != len as u32 {
        return Err(Error::data(name, "fails its gzip check sum: the file was damaged on the way, fetch it again"));
    }
    Ok(content)
}

fn step(deflated: &[u8], content: &mut [u8]) -> (TINFLStatus, usize, usize) {
    decompress(&mut DecompressorOxide::new(), deflated, content, 0, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF)
}

fn failure(name: &str, status: TINFLStatus) -> Error {
    let message = match status {
        TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
            "the gzip file is cut off: the download did not finish, fetch it again"
        }
        _ => "the gzip file is damaged: its compressed data are not valid",
    };
    Error::data(name, message)
}

/// What follows the header of a gzip member: deflated content and trailer.
fn deflated<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a [u8]> {
    const HEADER: usize = 10;
    let (check, extra, name_field, comment) = (2, 4, 8, 16);
    let cut = || failure(name, TINFLStatus::FailedCannotMakeProgress);
    let (header, mut rest) = bytes.split_at_checked(HEADER).ok_or_else(cut)?;
    let (method, flags) = (header[2], header[3]);
    if !is_gzip(header) || method != 8 {
        return Err(Error::data(name, "is not a gzip file of the usual kind (deflate)"));
    }
    if flags & extra != 0 {
        let (len, after) = rest.split_at_checked(2).ok_or_else(cut)?;
        rest = after.get(usize::from(u16::from_le_bytes([len[0], len[1]]))..).ok_or_else(cut)?;
    }
    for text in [name_field, comment] {
        if flags & text != 0 {
            let end = rest.iter().position(|&byte| byte == 0).ok_or_else(cut)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & check != 0 { rest.get(2..).ok_or_else(cut) } else { Ok(rest) }
}

/// CRC-32 (IEEE 802.3, reflected polynomial EDB88320), a byte at a time.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut i = 0;
        while i < 256 {
            let (mut value, mut bit) = (i as u32, 0);
            while bit < 8 {
                value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
                bit += 1;
            }
            table[i] = value;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc, &byte| crc >> 8 ^ TABLE[((crc ^ u32::from(byte)) & 0xff) as usize])
}

#[cfg(test)]
mod tests {
    use super::crc32;

    /// The check value of the CRC catalogue (CRC-32/ISO-HDLC).
    #[test]
    fn crc32_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
