/** SHA-256 of bytes or of text (as UTF-8), in hexadecimal. */
export async function hexSha256(what: ArrayBuffer | string): Promise<string> {
  const bytes = typeof what === 'string' ? new TextEncoder().encode(what) : what;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
