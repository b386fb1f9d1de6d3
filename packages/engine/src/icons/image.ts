import { badRequest } from '../rest/fault.ts';

/** Largest icon that may be given. Source: engine behaviour, icons. */
const maxWidth = 150;
const maxHeight = 120;
const maxBytes = 24 * 1024;

interface Picture {
  mediaType: 'image/png' | 'image/jpeg' | 'image/gif';
  width: number;
  height: number;
}

/** Size of a JPEG: it stands in the frame's header, behind any number of other segments. */
function jpegSize(bytes: Buffer): { width: number; height: number } | null {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** What the bytes of a picture say of themselves; null when they are none that we know. Reads headers only. */
export function pictureOf(bytes: Buffer): Picture | null {
  if (bytes.length >= 24 && bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])))
    return { mediaType: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (bytes.length >= 10 && /^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6)))
    return { mediaType: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  if (bytes.length >= 4 && bytes.readUInt16BE(0) === 0xffd8) {
    const size = jpegSize(bytes);
    return size ? { mediaType: 'image/jpeg', ...size } : null;
  }
  return null;
}

/**
 * Judges a picture that somebody gives for an icon.
 * @returns its bytes in the one spelling of Base64 that is stored
 * @throws {Fault} 400 with the key of what is wrong with it
 */
export function checkIcon(mediaType: string | undefined, data: string | undefined): { mediaType: string; data: string } {
  const text = (data ?? '').replace(/\s/g, '');
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw badRequest('VM_ICON_DATAURL_MALFORMED');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > maxBytes) throw badRequest('DATA_SIZE_OF_PROVIDED_VM_ICON_TOO_LARGE');
  const picture = pictureOf(bytes);
  if (!picture) throw badRequest('PROVIDED_VM_ICON_OF_UNKNOWN_TYPE');
  if (mediaType !== undefined && mediaType.replace('jpg', 'jpeg') !== picture.mediaType)
    throw badRequest('VM_ICON_MIME_TYPE_DOESNT_MATCH_IMAGE_DATA');
  if (picture.width < 1 || picture.height < 1 || picture.width > maxWidth || picture.height > maxHeight)
    throw badRequest('PROVIDED_VM_ICON_HAS_INVALID_DIMENSIONS');
  return { mediaType: picture.mediaType, data: bytes.toString('base64') };
}
