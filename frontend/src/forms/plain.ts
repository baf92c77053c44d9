/** Labels are shown as plain text: the marks of the little markup that forms may use are left out. */
export function plain(text: string): string {
  if (!/[*_#<]/.test(text)) return text;
  return text
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/(\*\*|__)(\S.*?)\1/g, '$2')
    .replace(/^#{1,6}\s+/gm, '');
}
