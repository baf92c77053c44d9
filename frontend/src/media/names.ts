/** Names of attachments: unique on their own, and safe for every server and disk (`[A-Za-z0-9._-]{1,100}`). */

const two = (n: number): string => String(n).padStart(2, '0');

/** `photo-20261123T140503-9f3a61c2.jpg`; what holds personal data says so: `….personal.jpg`. */
export function attachmentName(node: string, extension: string, personal: boolean, at = new Date()): string {
  const plain = node.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 40) || 'file';
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const chance = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${plain}-${day}T${time}-${chance}${personal ? '.personal' : ''}.${extension}`;
}

export const isPersonal = (name: string): boolean => name.includes('.personal.');

const EXTENSIONS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'audio/webm': 'webm',
  'audio/ogg': 'ogg',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'application/pdf': 'pdf',
};

/** By its type, else by the name it had, else `bin`. */
export function extensionOf(type: string, name = ''): string {
  const known = EXTENSIONS[type.split(';')[0] ?? ''];
  return known ?? /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? 'bin';
}
