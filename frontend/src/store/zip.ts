/** A ZIP file without compression, as an office can open it: photographs do not get smaller anyway. */

export interface ZipEntry {
  name: string;
  bytes: Uint8Array;
}

const table = Uint32Array.from({ length: 256 }, (_, number) => {
  let value = number;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Numbers as a ZIP wants them: little-endian, each of two or four bytes. */
function fields(...numbers: [value: number, width: 2 | 4][]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const [value, width] of numbers) for (let at = 0; at < width; at += 1) bytes.push((value >>> (8 * at)) & 0xff);
  return Uint8Array.from(bytes);
}

export function zip(entries: ZipEntry[]): Blob {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let offset = 0;
  let directorySize = 0;
  for (const { name, bytes } of entries) {
    const encoded = Uint8Array.from(new TextEncoder().encode(name));
    const size = bytes.byteLength;
    // Version 2.0, names in UTF-8, stored; no date, since the files carry their own.
    const common = fields([20, 2], [0x0800, 2], [0, 2], [0, 2], [0x21, 2], [crc32(bytes), 4], [size, 4], [size, 4], [encoded.length, 2], [0, 2]);
    const local = fields([0x04034b50, 4]);
    parts.push(local, common, encoded, Uint8Array.from(bytes));
    const central = [fields([0x02014b50, 4], [20, 2]), common, fields([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), encoded];
    directory.push(...central);
    directorySize += central.reduce((sum, part) => sum + part.byteLength, 0);
    offset += local.byteLength + common.byteLength + encoded.byteLength + size;
  }
  const end = fields([0x06054b50, 4], [0, 2], [0, 2], [entries.length, 2], [entries.length, 2], [directorySize, 4], [offset, 4], [0, 2]);
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
}
